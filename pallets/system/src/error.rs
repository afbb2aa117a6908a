//! The one refusal of this pallet.

althing_frame::pallet_errors! {
    /// Why a call of any pallet is refused by the system.
    pub enum Error in pallet 0 {
        /// The call touched a row outside the access it declared. The fee is kept.
        6 "SYS-106" AccessViolation => "a row outside the declared access was touched";
    }
}
