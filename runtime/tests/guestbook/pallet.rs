//! Keep a book that members sign once.
//!
//! # What it owns
//!
//! | item | key | value | written by |
//! |---|---|---|---|
//! | [`ENTRIES`] | member | [`Entry`] | `sign`, `change`, `erase` |
//! | [`COUNT`] | | sum | `sign`, `erase` |
//! | [`LAST_COUNT`] | | number | [`on_finalize`] |
//!
//! # Invariants
//!
//! - G1: the count is the number of entries. [`check`] verifies it over the whole state.
//! - G2: after a block, [`LAST_COUNT`] is the count. A test of blocks, since genesis has no hook.
//! - G3: only its member signs or changes an entry; only a referendum erases one.
//!
//! # Parallelism
//!
//! An entry belongs to one member, and the count is only added to: calls of different members
//! never conflict.
//!
//! # Failure
//!
//! A refusal names the member or the block. A row that does not decode stops the block.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

use althing_frame::{
    Access, DispatchError, Fault, IterRows, Map, Origin, PalletMetadata, Rows, Sum, Track, Tx,
    Value, constant,
};
use althing_primitives::{AccountId, Blake2_128Concat, BlockNumber, BoundedBytes, Weight};
use pallet_system::limits::rows_weight;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::{TypeInfo, meta_type};

/// The pallet's name and the prefix of its rows.
pub const NAME: &str = "Guestbook";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 20;

/// The most bytes of one entry's text.
pub const TEXT_BYTES_MAX: u32 = 128;

/// What a member writes.
pub type Text = BoundedBytes<TEXT_BYTES_MAX>;

/// What a member wrote.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Entry {
    /// The block in which the member signed.
    pub at: BlockNumber,
    /// The words, as last changed.
    pub text: Text,
}

/// What each member wrote.
pub const ENTRIES: Map<AccountId, Entry, Blake2_128Concat> = Map::new(NAME, "Entries");
/// How many entries there are. Writers only add, so they do not conflict.
pub const COUNT: Sum<u128> = Sum::new(NAME, "Count");
/// How many entries there were after the last block.
pub const LAST_COUNT: Value<u128> = Value::new(NAME, "LastCount").with_default();

althing_frame::pallet_errors! {
    /// Why the guestbook refuses.
    pub enum Error in pallet INDEX {
        /// The member has signed before.
        1 "GST-101" AlreadySigned { at: BlockNumber } => "signed already, in block {at}";
        /// There is nothing to change or erase.
        2 "GST-102" NotSigned { member: AccountId } => "{member} has no entry";
        /// An entry says something.
        3 "GST-103" Empty => "an entry has at least one byte";
        /// A change changes something.
        4 "GST-104" Unchanged { at: BlockNumber } => "the entry of block {at} already says this";
    }
}

/// What happened to the book.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum Event {
    /// A member signed.
    #[codec(index = 0)]
    Signed {
        /// Who.
        who: AccountId,
    },
    /// A member wrote something else.
    #[codec(index = 1)]
    Changed {
        /// Who.
        who: AccountId,
    },
    /// A referendum erased an entry.
    #[codec(index = 2)]
    Erased {
        /// Whose.
        member: AccountId,
    },
}

impl althing_frame::Event for Event {
    const PALLET: u8 = INDEX;
}

/// What members and referenda ask of this pallet.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// Sign the book, once.
    #[codec(index = 0)]
    Sign {
        /// What to write; not empty.
        text: Text,
    },
    /// Write something else in one's own entry.
    #[codec(index = 1)]
    Change {
        /// What to write instead; not empty.
        text: Text,
    },
    /// Erase an entry. For referenda on the track of housekeeping.
    #[codec(index = 2)]
    Erase {
        /// Whose.
        member: AccountId,
    },
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        let call = match self {
            Self::Sign { .. } => "sign",
            Self::Change { .. } => "change",
            Self::Erase { .. } => "erase",
        };
        (NAME, call)
    }

    fn access(&self, origin: &Origin, _: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        match (self, origin) {
            (Self::Sign { .. }, Origin::Signed(who)) => {
                access.write(ENTRIES.key(who)).add(COUNT.key());
            }
            (Self::Change { .. }, Origin::Signed(who)) => {
                access.write(ENTRIES.key(who));
            }
            (Self::Erase { member }, Origin::Track(_)) => {
                access.write(ENTRIES.key(member)).add(COUNT.key());
            }
            // Dispatch refuses these for their origin, before it looks at a row.
            (Self::Sign { .. } | Self::Change { .. }, Origin::None | Origin::Track(_))
            | (Self::Erase { .. }, Origin::None | Origin::Signed(_)) => {}
        }
        Ok(())
    }

    fn weight(&self) -> Weight {
        match self {
            Self::Sign { .. } | Self::Erase { .. } => rows_weight(1, 2),
            Self::Change { .. } => rows_weight(1, 1),
        }
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        match self {
            Self::Sign { text } => sign(tx, origin.signed()?, text),
            Self::Change { text } => change(tx, origin.signed()?, text),
            Self::Erase { member } => {
                origin.track(&[Track::GeneralAdmin])?;
                erase(tx, *member)
            }
        }
    }
}

fn sign(tx: &mut Tx<'_>, who: AccountId, text: &Text) -> Result<(), DispatchError> {
    let entry = Entry { at: tx.block().number, text: text.clone() };
    insert(tx, &who, &entry)?;
    tx.emit(&Event::Signed { who });
    Ok(())
}

fn change(tx: &mut Tx<'_>, who: AccountId, text: &Text) -> Result<(), DispatchError> {
    not_empty(text)?;
    let Entry { at, text: before } =
        ENTRIES.get(tx, &who)?.ok_or(Error::NotSigned { member: who })?;
    if before == *text {
        return Err(Error::Unchanged { at }.into());
    }
    ENTRIES.put(tx, &who, &Entry { at, text: text.clone() })?;
    tx.emit(&Event::Changed { who });
    Ok(())
}

fn erase(tx: &mut Tx<'_>, member: AccountId) -> Result<(), DispatchError> {
    if !ENTRIES.contains(tx, &member)? {
        return Err(Error::NotSigned { member }.into());
    }
    ENTRIES.remove(tx, &member)?;
    COUNT.sub(tx, &1)?;
    tx.emit(&Event::Erased { member });
    Ok(())
}

/// Add an entry and count it: the one place where entries begin (G1).
fn insert(tx: &mut Tx<'_>, who: &AccountId, entry: &Entry) -> Result<(), DispatchError> {
    not_empty(&entry.text)?;
    if let Some(Entry { at, .. }) = ENTRIES.get(tx, who)? {
        return Err(Error::AlreadySigned { at }.into());
    }
    ENTRIES.put(tx, who, entry)?;
    COUNT.add(tx, &1)?;
    Ok(())
}

fn not_empty(text: &Text) -> Result<(), Error> {
    if text.is_empty() { Err(Error::Empty) } else { Ok(()) }
}

/// Note the count of the block that ends (G2).
pub fn on_finalize(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    let count = COUNT.get(tx)?;
    LAST_COUNT.put(tx, &count)?;
    Ok(())
}

/// The entries of block 0.
#[derive(Clone, Debug, Default)]
pub struct Genesis {
    /// Members and what they wrote, each member once.
    pub entries: Vec<(AccountId, Entry)>,
}

impl Genesis {
    /// Write them.
    pub fn build(&self, tx: &mut Tx<'_>) -> Result<(), DispatchError> {
        self.entries.iter().try_for_each(|(member, entry)| insert(tx, member, entry))
    }
}

/// Verify G1 over the whole state.
pub fn check(rows: &dyn IterRows) -> Result<(), Fault> {
    let entries = ENTRIES.list(rows)?.len() as u128;
    if entries == COUNT.get(rows)? {
        Ok(())
    } else {
        Err(Fault::Broken { invariant: "G1: the count is the number of entries" })
    }
}

/// What clients are told of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        name: NAME,
        index: INDEX,
        storage: vec![
            ENTRIES.entry_optional("What each member wrote."),
            COUNT.entry("How many entries there are."),
            LAST_COUNT.entry("How many entries there were after the last block."),
        ],
        calls: Some(meta_type::<Call>()),
        events: Some(meta_type::<Event>()),
        errors: Some(meta_type::<Error>()),
        constants: vec![constant(
            "TextBytesMax",
            &TEXT_BYTES_MAX,
            "The most bytes of one entry's text.",
        )],
        docs: "A book that members sign once.",
    }
}
