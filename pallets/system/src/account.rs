//! Account rows: the nonce, and the funds that `pallet-balances` keeps there.

use althing_frame::{Access, BeforeError, Fault, Invalid, Map, Rows, Tx};
use althing_primitives::{AccountId, Balance, Blake2_128Concat, Nonce};
use parity_scale_codec::{Decode, Encode};
use scale_info::{MetaType, Path, Type, TypeInfo, TypeParameter, build::Fields};

use crate::Event;

/// Nonce and funds of every account.
pub const ACCOUNT: Map<AccountId, AccountInfo, Blake2_128Concat> =
    Map::new(crate::NAME, "Account").with_default();

/// Funds of an account. `pallet-balances` owns their rules.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct AccountData {
    /// Funds that can move unless frozen.
    pub free: Balance,
    /// Funds set aside as deposits.
    pub reserved: Balance,
    /// How much of free and reserved together must stay.
    pub frozen: Balance,
    /// Always 0; clients expect the field.
    pub flags: u128,
}

impl AccountData {
    /// Whether there are any funds.
    pub const fn is_funded(&self) -> bool {
        self.free > 0 || self.reserved > 0
    }

    /// Whether deposits or locks forbid that the account is emptied (AC24).
    pub const fn is_bound(&self) -> bool {
        self.reserved > 0 || self.frozen > 0
    }
}

// Clients name the type by this path.
impl TypeInfo for AccountData {
    type Identity = Self;

    fn type_info() -> Type {
        Type::builder()
            .path(Path::from_segments_unchecked(["pallet_balances", "types", "AccountData"]))
            .type_params([TypeParameter::new("Balance", Some(MetaType::new::<Balance>()))])
            .composite(
                Fields::named()
                    .field(|f| f.ty::<Balance>().name("free").type_name("Balance"))
                    .field(|f| f.ty::<Balance>().name("reserved").type_name("Balance"))
                    .field(|f| f.ty::<Balance>().name("frozen").type_name("Balance"))
                    .field(|f| f.ty::<u128>().name("flags").type_name("u128")),
            )
    }
}

/// What the chain knows of an account.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct AccountInfo {
    /// How many extrinsics it has sent.
    pub nonce: Nonce,
    /// 1 while deposits or locks bind it, so that wallets leave the existential deposit alone.
    pub consumers: u32,
    /// 1 while it holds funds.
    pub providers: u32,
    /// Always 0; clients expect the field.
    pub sufficients: u32,
    /// Its funds.
    pub data: AccountData,
}

// Clients name the type by this path.
impl TypeInfo for AccountInfo {
    type Identity = Self;

    fn type_info() -> Type {
        Type::builder()
            .path(Path::from_segments_unchecked(["frame_system", "AccountInfo"]))
            .type_params([
                TypeParameter::new("Nonce", Some(MetaType::new::<Nonce>())),
                TypeParameter::new("AccountData", Some(MetaType::new::<AccountData>())),
            ])
            .composite(
                Fields::named()
                    .field(|f| f.ty::<Nonce>().name("nonce").type_name("Nonce"))
                    .field(|f| f.ty::<u32>().name("consumers").type_name("RefCount"))
                    .field(|f| f.ty::<u32>().name("providers").type_name("RefCount"))
                    .field(|f| f.ty::<u32>().name("sufficients").type_name("RefCount"))
                    .field(|f| f.ty::<AccountData>().name("data").type_name("AccountData")),
            )
    }
}

/// What the chain knows of `who`; all zero for an account it has never seen.
pub fn account<R: Rows + ?Sized>(rows: &R, who: &AccountId) -> Result<AccountInfo, Fault> {
    ACCOUNT.get_or_default(rows, who)
}

/// Whether `found` is the next nonce of `who`.
pub fn check_nonce<R: Rows + ?Sized>(
    rows: &R,
    who: &AccountId,
    found: Nonce,
) -> Result<(), BeforeError> {
    Ok(compare_nonce(found, account(rows, who)?.nonce)?)
}

fn compare_nonce(found: Nonce, next: Nonce) -> Result<(), Invalid> {
    // At the last number an account has no next nonce: it could never be used up.
    if found < next || next == Nonce::MAX {
        return Err(Invalid::Stale { found, next });
    }
    if found > next {
        return Err(Invalid::Future { found, next });
    }
    Ok(())
}

/// Declare the rows of [`use_nonce`].
pub fn use_nonce_access(access: &mut Access, who: &AccountId) {
    access.write(ACCOUNT.key(who));
}

/// Use up the next nonce of `who`, if it is `found`.
pub fn use_nonce(tx: &mut Tx<'_>, who: &AccountId, found: Nonce) -> Result<(), BeforeError> {
    let mut info = account(tx, who)?;
    compare_nonce(found, info.nonce)?;
    info.nonce = info.nonce.checked_add(1).ok_or(Fault::Broken { invariant: "S1" })?;
    Ok(ACCOUNT.put(tx, who, &info)?)
}

/// Declare the rows of [`put_data`].
pub fn put_data_access(access: &mut Access, who: &AccountId) {
    access.write(ACCOUNT.key(who));
}

/// Replace the funds of `who`, whose row is `info`, and say so if the account thereby begins or
/// ends. The row of an account without funds goes away unless it has sent an extrinsic.
pub fn put_data(
    tx: &mut Tx<'_>,
    who: &AccountId,
    mut info: AccountInfo,
    data: AccountData,
) -> Result<(), Fault> {
    let was_funded = info.data.is_funded();
    info.consumers = u32::from(data.is_bound());
    info.providers = u32::from(data.is_funded());
    info.data = data;
    if info == AccountInfo::default() {
        ACCOUNT.remove(tx, who)?;
    } else {
        ACCOUNT.put(tx, who, &info)?;
    }
    match (was_funded, data.is_funded()) {
        (false, true) => tx.emit(&Event::NewAccount { account: *who }),
        (true, false) => tx.emit(&Event::KilledAccount { account: *who }),
        (true, true) | (false, false) => {}
    }
    Ok(())
}
