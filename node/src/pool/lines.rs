//! Who may have a signature checked next: a line for each source, served in turns.
//!
//! Pure data: time comes from outside, and whoever waits is a `W` of the caller's.
//!
//! # Rules (`specs/pool.md`)
//!
//! - Q20: sources take turns; within a source the accounts that are named take turns; within an
//!   account it is first come, first served.
//! - Q21: what waits is bounded in bytes; a source may hold as much as is still free for others.
//! - Q22: a failed check uses up tokens of its source, as many as it cost time. Without tokens
//!   nothing of the source is checked, except for accounts that it has proven before, one for each earlier success.
//! - Q23: sources that have not proven themselves share one more bucket, so that new connections
//!   bring no new budget; when it is empty they wait, and nobody is refused.

use std::collections::{HashMap, VecDeque};

use althing_primitives::{AccountId, Hash256};

use super::Source;
use super::bucket::{Bucket, Measure};
use crate::bounded_map::BoundedMap;

/// How many accounts of one source have a history.
const HISTORY: usize = 256;
/// How many failures an account's history covers at most.
const CREDIT_MAX: u8 = 4;
/// How many sources are remembered while they have nothing to check.
const IDLE_MAX: usize = 1_024;
/// How many accounts are looked at for the one whose line is the longest, or who can be paid for.
const LOOKED_AT: usize = 32;

/// The time that a failed check may take for one token: a quarter of a millisecond, as ML-DSA-65
/// takes.
const TOKEN_WEIGHT: u64 = 250_000_000;

/// What the lines allow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Signatures that are checked at a time.
    pub(crate) slots: usize,
    /// Bytes that may wait.
    pub(crate) bytes: usize,
    /// Failures of one source, in tokens.
    pub(crate) source: Measure,
    /// Failures of all sources that have not proven themselves, in tokens.
    pub(crate) shared: Measure,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            slots: 1_024,
            bytes: 64 * 1024 * 1024,
            source: Measure { burst: 256, per_second: 16 },
            shared: Measure { burst: 4_096, per_second: 2_048 },
        }
    }
}

/// Why somebody may not wait, or no longer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Turned {
    /// Too many signatures of the source failed.
    Spent {
        /// When the next one may be tried.
        wait_ms: u64,
    },
    /// Too much of the source waits already.
    Crowded {
        /// How much.
        bytes: usize,
    },
}

/// What was set aside when somebody's turn came.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub(crate) struct Grant {
    source: Source,
    account: AccountId,
    tokens: u32,
    own: bool,
    shared: bool,
}

/// What a check takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Load {
    /// Bytes that wait.
    pub(crate) bytes: usize,
    /// Tokens it costs if it fails, at least one.
    pub(crate) tokens: u32,
}

impl Load {
    /// That of a transaction of `bytes` whose signatures take this much reference time, in
    /// picoseconds.
    pub(crate) fn new(bytes: usize, weight: u64) -> Self {
        let tokens = weight.div_ceil(TOKEN_WEIGHT).max(1);
        Self { bytes, tokens: u32::try_from(tokens).unwrap_or(u32::MAX) }
    }
}

/// How a check ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// The signature verifies.
    Good,
    /// It does not.
    Bad,
    /// Nobody wants to know any more.
    Dropped,
}

/// What a call of [`Lines::next`] came to.
#[derive(Debug)]
pub(crate) enum Next<W> {
    /// It is this one's turn.
    Go(W, Grant),
    /// This one waits in vain.
    Turn(W, Turned),
    /// Everybody who waits does so until a check ends, or until time has passed.
    Wait(Option<u64>),
}

#[derive(Debug)]
struct Line<W> {
    bucket: Bucket,
    accounts: HashMap<AccountId, VecDeque<(W, Load)>>,
    order: VecDeque<AccountId>,
    bytes: usize,
    running: usize,
    /// How many more signatures were good than bad; bounded.
    standing: i32,
    history: BoundedMap<u8>,
}

/// The lines of all sources.
#[derive(Debug)]
pub(crate) struct Lines<W> {
    terms: Terms,
    sources: HashMap<Source, Line<W>>,
    round: VecDeque<Source>,
    shared: Bucket,
    bytes: usize,
    running: usize,
}

impl<W> Line<W> {
    fn credit(&self, account: &AccountId) -> u8 {
        self.history.get(&Hash256(account.0)).copied().unwrap_or(0)
    }

    fn set_credit(&mut self, account: &AccountId, credit: u8) {
        self.history.insert(Hash256(account.0), credit);
    }

    fn is_idle(&self) -> bool {
        self.order.is_empty() && self.running == 0
    }

    /// What the first of an account costs.
    fn tokens(&self, account: &AccountId) -> u32 {
        let first = self.accounts.get(account).and_then(VecDeque::front);
        first.map_or(1, |(_, load)| load.tokens)
    }

    /// Of so many accounts, the place of the first that passes with what its first check costs, and
    /// that cost.
    fn find(
        &self,
        most: usize,
        passes: impl Fn(&Self, &AccountId, u32) -> bool,
    ) -> Option<(usize, u32)> {
        let mut places = self.order.iter().enumerate().take(most);
        places.find_map(|(at, account)| {
            let tokens = self.tokens(account);
            passes(self, account, tokens).then_some((at, tokens))
        })
    }

    /// Take the first of the account at this place; the account goes to the end.
    fn pop(&mut self, at: usize) -> Option<(AccountId, W)> {
        let account = self.order.remove(at)?;
        let waiting = self.accounts.get_mut(&account)?;
        let (waiter, Load { bytes, .. }) = waiting.pop_front()?;
        if waiting.is_empty() {
            self.accounts.remove(&account);
        } else {
            self.order.push_back(account);
        }
        self.bytes = self.bytes.saturating_sub(bytes);
        Some((account, waiter))
    }

    /// Take the last of the account with the longest line, if that is longer than `than`.
    fn pop_longest(&mut self, than: usize) -> Option<(AccountId, W, Load)> {
        let length = |account: &AccountId| self.accounts.get(account).map_or(0, VecDeque::len);
        let account = *self.order.iter().take(LOOKED_AT).max_by_key(|one| length(one))?;
        // At least one stays, so the account keeps its turn.
        if length(&account) <= than.max(1) {
            return None;
        }
        let (waiter, load) = self.accounts.get_mut(&account)?.pop_back()?;
        self.bytes = self.bytes.saturating_sub(load.bytes);
        Some((account, waiter, load))
    }

    /// Take out the last ones of longer lines until `bytes` of `account` fit besides what is left,
    /// where `free` bytes are free; nobody, if that would not be enough.
    fn make_room(
        &mut self,
        account: &AccountId,
        (bytes, mut free): (usize, usize),
    ) -> Option<Vec<W>> {
        let own = self.accounts.get(account).map_or(0, VecDeque::len).saturating_add(1);
        let mut out = Vec::new();
        while self.bytes.saturating_add(bytes) > free {
            let Some(popped) = self.pop_longest(own) else {
                self.put_back(out);
                return None;
            };
            free = free.saturating_add(popped.2.bytes);
            out.push(popped);
        }
        Some(out.into_iter().map(|(_, waiter, _)| waiter).collect())
    }

    /// Undo what [`Line::pop_longest`] did.
    fn put_back(&mut self, popped: Vec<(AccountId, W, Load)>) {
        for (account, waiter, load) in popped.into_iter().rev() {
            // At least one had stayed, so the line is there.
            self.accounts.entry(account).or_default().push_back((waiter, load));
            self.bytes = self.bytes.saturating_add(load.bytes);
        }
    }
}

impl<W> Lines<W> {
    pub(crate) fn new(terms: Terms, now_ms: u64) -> Self {
        Self {
            terms,
            sources: HashMap::new(),
            round: VecDeque::new(),
            shared: Bucket::full(terms.shared, now_ms),
            bytes: 0,
            running: 0,
        }
    }

    /// How many bytes wait.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Refuse what is certain to be refused, before anything is spent on it. `account` is whom the
    /// transaction names, once that is known.
    pub(crate) fn glance(
        &mut self,
        source: Source,
        account: Option<&AccountId>,
        now_ms: u64,
    ) -> Result<(), Turned> {
        let Some(line) = self.sources.get_mut(&source) else { return Ok(()) };
        line.bucket.fill(now_ms);
        let is_covered = match account {
            Some(account) => line.credit(account) > 0,
            None => line.history.any(|credit| *credit > 0),
        };
        // While checks are under way, their tokens may come back.
        if source.is_local() || line.bucket.has(1) || line.running > 0 || is_covered {
            return Ok(());
        }
        Err(Turned::Spent { wait_ms: line.bucket.wait_ms(1) })
    }

    /// Wait in line. Returns those who have to go instead.
    pub(crate) fn join(
        &mut self,
        (source, account): (Source, AccountId),
        (waiter, load): (W, Load),
        now_ms: u64,
    ) -> Result<Vec<(W, Turned)>, (W, Turned)> {
        if let Err(turned) = self.glance(source, Some(&account), now_ms) {
            return Err((waiter, turned));
        }
        self.forget_idle(now_ms);
        let bucket = Bucket::full(self.terms.source, now_ms);
        let line = self.sources.entry(source).or_insert_with(|| Line {
            bucket,
            accounts: HashMap::new(),
            order: VecDeque::new(),
            bytes: 0,
            running: 0,
            standing: 0,
            history: BoundedMap::new(HISTORY),
        });
        let free = self.terms.bytes.saturating_sub(self.bytes);
        let held = line.bytes;
        let turned = Turned::Crowded { bytes: held };
        let Some(out) = line.make_room(&account, (load.bytes, free)) else {
            return Err((waiter, turned));
        };
        self.bytes = self.bytes.saturating_sub(held.saturating_sub(line.bytes));
        if line.order.is_empty() {
            self.round.push_back(source);
        }
        let waiting = line.accounts.entry(account).or_default();
        if waiting.is_empty() {
            line.order.push_back(account);
        }
        waiting.push_back((waiter, load));
        line.bytes = line.bytes.saturating_add(load.bytes);
        self.bytes = self.bytes.saturating_add(load.bytes);
        Ok(out.into_iter().map(|other| (other, turned)).collect())
    }

    /// Whose turn it is. To be called until the answer is [`Next::Wait`].
    pub(crate) fn next(&mut self, now_ms: u64) -> Next<W> {
        self.shared.fill(now_ms);
        let mut pause = None;
        for _ in 0..self.round.len() {
            if self.running >= self.terms.slots {
                return Next::Wait(None);
            }
            let Some(source) = self.round.pop_front() else { break };
            match self.turn_of(source, now_ms) {
                Next::Wait(wait) => {
                    pause = pause.or(wait);
                    self.keep(source);
                }
                served => {
                    self.keep(source);
                    return served;
                }
            }
        }
        Next::Wait(pause)
    }

    /// The source goes to the end of the round, if it still waits.
    fn keep(&mut self, source: Source) {
        if self.sources.get(&source).is_some_and(|line| !line.order.is_empty()) {
            self.round.push_back(source);
        }
    }

    fn turn_of(&mut self, source: Source, now_ms: u64) -> Next<W> {
        let Some(line) = self.sources.get_mut(&source) else { return Next::Wait(None) };
        line.bucket.fill(now_ms);
        let (own, is_known) = (!source.is_local(), !source.is_local() && line.standing > 0);
        let before = line.bytes;
        let shared = !is_known;
        let payable = line.find(LOOKED_AT, |line, _, tokens| !own || line.bucket.has(tokens));
        let next = if let Some((at, tokens)) = payable {
            if shared && !self.shared.has(tokens) {
                Next::Wait(Some(self.shared.wait_ms(tokens)))
            } else {
                line.pop(at).map_or(Next::Wait(None), |(account, waiter)| {
                    Next::Go(waiter, Grant { source, account, tokens, own, shared })
                })
            }
        } else if let Some((at, tokens)) =
            line.find(usize::MAX, |line, account, _| line.credit(account) > 0)
        {
            line.pop(at).map_or(Next::Wait(None), |(account, waiter)| {
                let left = line.credit(&account).saturating_sub(1);
                line.set_credit(&account, left);
                Next::Go(waiter, Grant { source, account, tokens, own: false, shared: false })
            })
        } else if line.running > 0 {
            Next::Wait(None)
        } else {
            let tokens = line.order.front().map_or(1, |account| line.tokens(account));
            let wait_ms = line.bucket.wait_ms(tokens);
            line.pop(0).map_or(Next::Wait(None), |(_, waiter)| {
                Next::Turn(waiter, Turned::Spent { wait_ms })
            })
        };
        self.bytes = self.bytes.saturating_sub(before.saturating_sub(line.bytes));
        if let Next::Go(_, grant) = &next {
            line.running = line.running.saturating_add(1);
            self.running = self.running.saturating_add(1);
            if grant.own {
                line.bucket.take(grant.tokens);
            }
            if grant.shared {
                self.shared.take(grant.tokens);
            }
        }
        next
    }

    /// A check has ended.
    pub(crate) fn settle(&mut self, grant: Grant, verdict: Verdict) {
        self.running = self.running.saturating_sub(1);
        if verdict != Verdict::Bad && grant.shared {
            self.shared.put_back(grant.tokens);
        } else if verdict == Verdict::Bad && !grant.shared {
            self.shared.take(grant.tokens);
        }
        let Some(line) = self.sources.get_mut(&grant.source) else { return };
        line.running = line.running.saturating_sub(1);
        match verdict {
            Verdict::Good => {
                let credit = line.credit(&grant.account);
                // What a history had covered comes back, with one for this success.
                let gained = if grant.own || grant.source.is_local() { 1 } else { 2 };
                line.set_credit(&grant.account, credit.saturating_add(gained).min(CREDIT_MAX));
                line.standing = line.standing.saturating_add(1).min(i32::from(CREDIT_MAX));
            }
            Verdict::Bad => line.standing = line.standing.saturating_sub(1).max(-1),
            Verdict::Dropped => {}
        }
        if verdict != Verdict::Bad && grant.own {
            line.bucket.put_back(grant.tokens);
        }
    }

    /// Forget sources that have nothing to check: those that owe nothing, and if they are too many,
    /// the others too, since their connections are gone for all that is known.
    fn forget_idle(&mut self, now_ms: u64) {
        if self.sources.len() < IDLE_MAX {
            return;
        }
        self.sources.retain(|_, line| {
            line.bucket.fill(now_ms);
            !line.is_idle() || !line.bucket.is_full()
        });
        if self.sources.len() >= IDLE_MAX {
            self.sources.retain(|_, line| !line.is_idle());
        }
    }
}
