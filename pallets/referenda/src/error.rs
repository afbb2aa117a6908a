//! Why a referendum does not do what was asked.

use althing_primitives::AccountId;

althing_frame::pallet_errors! {
    /// Why a referendum does not do what was asked.
    pub enum Error in pallet 8 {
        /// There is no such referendum.
        1 "GOV-101" UnknownReferendum { index: u32 } => "there is no referendum {index}";
        /// The chain does not have this track.
        2 "GOV-102" NoTrack { track: &'static str } => "this chain has no track {track}";
        /// As many referenda are open as may be.
        3 "GOV-103" TooManyOpen { track: &'static str, open: u32 }
            => "{open} referenda are open on track {track}, and there is no room for more";
        /// The call means nothing to this runtime.
        4 "GOV-104" Undecodable => "the proposal is not a call of this runtime";
        /// The title is not UTF-8.
        5 "GOV-105" TitleNotText => "the title is not UTF-8";
        /// The referendum has ended.
        6 "GOV-106" Ended { index: u32, status: &'static str }
            => "referendum {index} has ended: {status}";
        /// Someone has paid already.
        7 "GOV-107" DepositPlaced { index: u32, who: AccountId }
            => "{who} has placed the decision deposit of referendum {index} already";
        /// Deposits stay until the end.
        8 "GOV-108" Ongoing { index: u32, status: &'static str }
            => "referendum {index} has not ended: {status}";
        /// There is nothing to give back.
        9 "GOV-109" NoDeposit { index: u32 }
            => "this deposit of referendum {index} was never placed, went back, or was taken";
        /// A track that could never decide anything, or would in a single block.
        10 "GOV-110" BadTrack { track: &'static str, rule: &'static str }
            => "track {track} must satisfy: {rule}";
        /// A proposal about more schemes than are remembered.
        11 "GOV-111" TooManySchemes { found: u32, max: u32 }
            => "the proposal is about {found} schemes, more than the {max} of one referendum";
    }
}
