//! The enums over all pallets. Clients find them by the paths `althing_runtime::RuntimeCall`,
//! `RuntimeEvent` and `RuntimeError`.

use althing_frame::{
    Access, Authority, Call, CallClass, Concern, DispatchError, Fault, Origin, Rows, Tx,
};
use althing_primitives::{Hash256, Weight};
use parity_scale_codec::{Decode, Encode};
use scale_info::{
    Path, Type, TypeInfo,
    build::{Fields, Variants},
};

fn path(name: &'static str) -> Path {
    Path::from_segments_unchecked(["althing_runtime", name])
}

/// The calls of all pallets that have any.
macro_rules! outer_call {
    ($($index:literal $pallet:ident $source:ident $doc:literal;)*) => {
        /// A call of any pallet.
        #[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
        pub enum RuntimeCall {
            $(
                #[doc = $doc]
                #[codec(index = $index)]
                $pallet($source::Call),
            )*
        }

        impl RuntimeCall {
            fn inner(&self) -> &dyn Call {
                match self {
                    $( Self::$pallet(call) => call, )*
                }
            }
        }

        impl TypeInfo for RuntimeCall {
            type Identity = Self;

            fn type_info() -> Type {
                let variants = Variants::new()
                    $( .variant(stringify!($pallet), |v| {
                        v.index($index)
                            .fields(Fields::unnamed().field(|f| f.ty::<$source::Call>()))
                    }) )*;
                Type::builder().path(path("RuntimeCall")).variant(variants)
            }
        }

        $(
            impl From<$source::Call> for RuntimeCall {
                fn from(call: $source::Call) -> Self {
                    Self::$pallet(call)
                }
            }

            const _: () = assert!($source::INDEX == $index);
        )*

        /// Name of the pallet with this index, if it takes calls.
        pub fn pallet_name(index: u8) -> Option<&'static str> {
            match index {
                $( $index => Some($source::NAME), )*
                _ => None,
            }
        }
    };
}

/// Events or errors of all pallets that have any: type information around types that pallets
/// encode themselves.
macro_rules! outer_type {
    ($(#[$doc:meta])* $name:ident $part:ident: $($index:literal $pallet:ident $source:ident;)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}

        impl TypeInfo for $name {
            type Identity = Self;

            fn type_info() -> Type {
                let variants = Variants::new()
                    $( .variant(stringify!($pallet), |v| {
                        v.index($index)
                            .fields(Fields::unnamed().field(|f| f.ty::<$source::$part>()))
                    }) )*;
                Type::builder().path(path(stringify!($name))).variant(variants)
            }
        }

        $( const _: () = assert!($source::INDEX == $index); )*
    };
}

outer_call! {
    0 System pallet_system "Remarks.";
    1 Timestamp pallet_timestamp "The time of the block.";
    2 Balances pallet_balances "Transfers.";
    4 Accounts pallet_accounts "Keys of accounts.";
    5 CryptoRegistry pallet_crypto_registry "States of schemes.";
    6 Preimage pallet_preimage "Bytes that referenda name by their hash.";
    7 Scheduler pallet_scheduler "Enactments.";
    8 Referenda pallet_referenda "Questions.";
    9 Voting pallet_voting "Ballots.";
    10 Treasury pallet_treasury "Spending.";
    11 Encryption pallet_encryption "Encryption keys and sealed annexes.";
    12 Canary pallet_canary "Proofs that a scheme is broken.";
}

outer_type! {
    /// The events of all pallets. Never a value: pallets hand over events encoded.
    RuntimeEvent Event:
    0 System pallet_system;
    2 Balances pallet_balances;
    3 TransactionPayment pallet_transaction_payment;
    4 Accounts pallet_accounts;
    5 CryptoRegistry pallet_crypto_registry;
    6 Preimage pallet_preimage;
    7 Scheduler pallet_scheduler;
    8 Referenda pallet_referenda;
    9 Voting pallet_voting;
    10 Treasury pallet_treasury;
    11 Encryption pallet_encryption;
    12 Canary pallet_canary;
}

outer_type! {
    /// The errors of all pallets. Never a value: see [`DispatchError`].
    RuntimeError Error:
    0 System pallet_system;
    1 Timestamp pallet_timestamp;
    2 Balances pallet_balances;
    4 Accounts pallet_accounts;
    5 CryptoRegistry pallet_crypto_registry;
    6 Preimage pallet_preimage;
    7 Scheduler pallet_scheduler;
    8 Referenda pallet_referenda;
    9 Voting pallet_voting;
    10 Treasury pallet_treasury;
    11 Encryption pallet_encryption;
    12 Canary pallet_canary;
}

impl Call for RuntimeCall {
    fn name(&self) -> (&'static str, &'static str) {
        self.inner().name()
    }

    fn access(&self, origin: &Origin, parent: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        self.inner().access(origin, parent, access)
    }

    fn weight(&self) -> Weight {
        self.inner().weight()
    }

    fn class(&self) -> CallClass {
        self.inner().class()
    }

    fn authority(&self) -> Authority {
        self.inner().authority()
    }

    fn pays_from_locked(&self) -> bool {
        self.inner().pays_from_locked()
    }

    fn concern(&self) -> Concern {
        self.inner().concern()
    }

    fn relies_on(&self) -> Vec<Hash256> {
        self.inner().relies_on()
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        self.inner().dispatch(tx, origin)
    }
}
