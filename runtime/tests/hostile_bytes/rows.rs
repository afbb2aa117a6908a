//! Rows are the node's own, and yet no bytes in them may harm it.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::LazyLock;

use althing_frame::{BoundedSum, DoubleMap, LaneSum, Map, Sum, SumMap, Value};
use althing_primitives::KeyHasher;
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::chain::Chain;
use crate::check::decodes;
use crate::shapes;
use crate::wild_state::busy_chain;

/// Where rows that blocks wrote are found.
static BUSY: LazyLock<Chain> = LazyLock::new(busy_chain);

/// An item whose values can be fed: items say of what type they are.
trait Item {
    fn feed(&self, name: &str);
}

fn feed<V: Decode + Encode + PartialEq + Debug>(name: &str) {
    let (pallet, item) = name.split_once('.').unwrap();
    let (_, entry) = shapes::items()
        .find(|(owner, entry)| *owner == pallet && entry.name == item)
        .unwrap_or_else(|| panic!("the metadata does not know {name}"));
    let state = &BUSY.state;
    let prefix = althing_primitives::row_prefix(pallet, item);
    let real: Vec<_> = state.range(&prefix, None, 100).map(|(_, value)| value.to_vec()).collect();
    let taken = decodes::<V>(name, &mut |rng| {
        if real.is_empty() || rng.one_in(2) {
            return shapes::row(entry, rng);
        }
        rng.pick(&real).clone()
    });
    assert!(taken > 0, "{name}: no value that the metadata describes decodes");
}

impl<V: Decode + Encode + TypeInfo + PartialEq + Debug + 'static> Item for Value<V> {
    fn feed(&self, name: &str) {
        feed::<V>(name);
    }
}

impl<K, V: Decode + Encode + PartialEq + Debug, H> Item for Map<K, V, H> {
    fn feed(&self, name: &str) {
        feed::<V>(name);
    }
}

impl<A, B, V, H1: KeyHasher, H2: KeyHasher> Item for DoubleMap<A, B, V, H1, H2>
where
    V: Decode + Encode + PartialEq + Debug,
{
    fn feed(&self, name: &str) {
        feed::<V>(name);
    }
}

impl<V: LaneSum + PartialEq + Debug> Item for Sum<V> {
    fn feed(&self, name: &str) {
        feed::<V>(name);
    }
}

impl<K, V: LaneSum + PartialEq + Debug, H> Item for SumMap<K, V, H> {
    fn feed(&self, name: &str) {
        feed::<V>(name);
    }
}

impl Item for BoundedSum {
    fn feed(&self, name: &str) {
        feed::<u128>(name);
    }
}

/// All items, by the pallets' and their own names.
fn items() -> Vec<(&'static str, Box<dyn Item>)> {
    let mut items = governance();
    items.extend(money());
    items.extend(foundations());
    items
}

fn foundations() -> Vec<(&'static str, Box<dyn Item>)> {
    vec![
        ("System.Account", Box::new(pallet_system::ACCOUNT)),
        ("System.BlockHash", Box::new(pallet_system::BLOCK_HASH)),
        ("System.Number", Box::new(pallet_system::NUMBER)),
        ("System.ParentHash", Box::new(pallet_system::PARENT_HASH)),
        ("System.Digest", Box::new(pallet_system::DIGEST)),
        ("System.EventCount", Box::new(pallet_system::EVENT_COUNT)),
        ("Timestamp.Now", Box::new(pallet_timestamp::NOW)),
        ("Timestamp.DidUpdate", Box::new(pallet_timestamp::DID_UPDATE)),
        ("Accounts.Policies", Box::new(pallet_accounts::POLICIES)),
        ("Accounts.Keys", Box::new(pallet_accounts::KEYS)),
        ("Accounts.Pending", Box::new(pallet_accounts::PENDING)),
        ("Accounts.Changes", Box::new(pallet_accounts::CHANGES)),
        ("Accounts.Recoveries", Box::new(pallet_accounts::RECOVERIES)),
        ("Accounts.Agenda", Box::new(pallet_accounts::AGENDA)),
        ("Accounts.Delay", Box::new(pallet_accounts::DELAY)),
        ("CryptoRegistry.Schemes", Box::new(pallet_crypto_registry::SCHEMES)),
        ("CryptoRegistry.Ids", Box::new(pallet_crypto_registry::IDS)),
        ("CryptoRegistry.Frozen", Box::new(pallet_crypto_registry::FROZEN)),
        ("CryptoRegistry.Epoch", Box::new(pallet_crypto_registry::EPOCH)),
        ("CryptoRegistry.Limits", Box::new(pallet_crypto_registry::LIMITS)),
        ("CryptoRegistry.Modules", Box::new(pallet_crypto_registry::MODULES)),
        ("CryptoRegistry.History", Box::new(pallet_crypto_registry::HISTORY)),
        ("CryptoRegistry.Retiring", Box::new(pallet_crypto_registry::RETIRING)),
        ("CryptoRegistry.Censuses", Box::new(pallet_crypto_registry::CENSUSES)),
        ("Encryption.Keys", Box::new(pallet_encryption::KEYS)),
        ("Encryption.Council", Box::new(pallet_encryption::COUNCIL)),
        ("Encryption.Annexes", Box::new(pallet_encryption::ANNEXES)),
        ("Encryption.Revealed", Box::new(pallet_encryption::REVEALED)),
    ]
}

fn money() -> Vec<(&'static str, Box<dyn Item>)> {
    vec![
        ("Balances.TotalIssuance", Box::new(pallet_balances::TOTAL_ISSUANCE)),
        ("Balances.Locks", Box::new(pallet_balances::LOCKS)),
        ("TransactionPayment.FeePot", Box::new(pallet_transaction_payment::FEE_POT)),
        ("Treasury.Budgets", Box::new(pallet_treasury::BUDGETS)),
        ("Treasury.Windows", Box::new(pallet_treasury::WINDOWS)),
        ("Treasury.Pending", Box::new(pallet_treasury::PENDING)),
        ("Treasury.Queue", Box::new(pallet_treasury::QUEUE)),
        ("Treasury.NextSpend", Box::new(pallet_treasury::NEXT_SPEND)),
        ("Treasury.Opening", Box::new(pallet_treasury::OPENING)),
        ("Treasury.Payable", Box::new(pallet_treasury::PAYABLE)),
        ("Treasury.Received", Box::new(pallet_treasury::RECEIVED)),
        ("Canary.Reduced", Box::new(pallet_canary::REDUCED)),
        ("Canary.Reports", Box::new(pallet_canary::REPORTS)),
        ("Canary.Fallen", Box::new(pallet_canary::FALLEN)),
        ("Canary.Reward", Box::new(pallet_canary::REWARD)),
    ]
}

fn governance() -> Vec<(&'static str, Box<dyn Item>)> {
    vec![
        ("Preimage.Preimages", Box::new(pallet_preimage::PREIMAGES)),
        ("Preimage.Status", Box::new(pallet_preimage::STATUS)),
        ("Preimage.Pins", Box::new(pallet_preimage::PINS)),
        ("Scheduler.Agenda", Box::new(pallet_scheduler::AGENDA)),
        ("Scheduler.Places", Box::new(pallet_scheduler::PLACES)),
        ("Scheduler.NextBlock", Box::new(pallet_scheduler::NEXT_BLOCK)),
        ("Scheduler.NextTask", Box::new(pallet_scheduler::NEXT_TASK)),
        ("Scheduler.Retries", Box::new(pallet_scheduler::RETRIES)),
        ("Scheduler.Results", Box::new(pallet_scheduler::RESULTS)),
        ("Referenda.Tracks", Box::new(pallet_referenda::TRACKS)),
        ("Referenda.Referenda", Box::new(pallet_referenda::REFERENDA)),
        ("Referenda.Count", Box::new(pallet_referenda::COUNT)),
        ("Referenda.Open", Box::new(pallet_referenda::OPEN)),
        ("Referenda.UndecidingTimeout", Box::new(pallet_referenda::UNDECIDING_TIMEOUT)),
        ("Voting.Polls", Box::new(pallet_voting::POLLS)),
        ("Voting.Tallies", Box::new(pallet_voting::TALLIES)),
        ("Voting.Voices", Box::new(pallet_voting::VOICES)),
        ("Voting.Ballots", Box::new(pallet_voting::BALLOTS)),
        ("Voting.Members", Box::new(pallet_voting::MEMBERS)),
        ("Voting.Pots", Box::new(pallet_voting::POTS)),
        ("Voting.LockPeriod", Box::new(pallet_voting::LOCK_PERIOD)),
        ("Voting.ElectorateMin", Box::new(pallet_voting::ELECTORATE_MIN)),
    ]
}

#[test]
fn rows_of_every_item_take_hostile_bytes() {
    for (name, item) in items() {
        item.feed(name);
    }
}

#[test]
fn no_item_of_any_pallet_is_left_out() {
    let known: BTreeSet<String> = items().into_iter().map(|(name, _)| name.to_owned()).collect();
    let described: BTreeSet<String> =
        shapes::items().map(|(pallet, entry)| format!("{pallet}.{}", entry.name)).collect();
    // Nobody here decodes events: they are written encoded and copied out encoded.
    let fed_or_never_read = known.into_iter().chain(["System.Events".to_owned()]).collect();
    assert_eq!(described, fed_or_never_read);
}
