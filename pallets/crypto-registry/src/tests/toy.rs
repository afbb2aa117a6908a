//! A scheme small enough to be written by hand: a signature of 8 bytes is valid if it is the sum,
//! modulo 2^64, of 31 times what came before and the next byte, over key and message.

use althing_crypto::{Vectors, module::Vector};
use althing_frame::Origin;
use althing_primitives::{AccountId, Family, Hash256, TOKEN, blake2_256};

use super::*;

pub(super) const NOTER: AccountId = AccountId([9; 32]);
/// The id under which most tests enter it.
pub(super) const TOY: SchemeId = SchemeId(256);

const VERIFY: &str = r"
(local $at i32) (local $end i32) (local $sum i64)
(local.set $at (i32.const 1024))
(local.set $end (i32.add (i32.add (local.get 0) (local.get 1)) (local.get $at)))
(loop $next
  (if (i32.lt_u (local.get $at) (local.get $end))
    (then
      (local.set $sum
        (i64.add (i64.mul (local.get $sum) (i64.const 31)) (i64.load8_u (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next))))
(i64.eq (local.get $sum) (i64.load (local.get $end)))";

/// A verifier with this body of `verify` and these parts besides.
pub(super) fn with(verify: &str, parts: &str) -> Vec<u8> {
    wat::parse_str(format!(
        r#"(module {parts} (memory (export "memory") 1)
             (func (export "althing_abi") (result i32) (i32.const 1))
             (func (export "buffer") (param i32) (result i32) (i32.const 1024))
             (func (export "verify") (param i32 i32 i32) (result i32) {verify}))"#
    ))
    .unwrap()
}

/// The toy verifier.
pub(super) fn code() -> Vec<u8> {
    with(VERIFY, "")
}

pub(super) fn sign(public: &[u8], message: &[u8]) -> Vec<u8> {
    let bytes = public.iter().chain(message);
    let step = |sum: u64, byte: &u8| sum.wrapping_mul(31).wrapping_add((*byte).into());
    bytes.fold(0, step).to_le_bytes().to_vec()
}

/// Four valid vectors under two keys, then four invalid ones.
pub(super) fn vector_list() -> Vec<Vector> {
    let inputs: [(&[u8; 4], &[u8]); 4] =
        [(b"key1", b""), (b"key2", b"aye"), (b"key1", b"nay"), (b"key2", b"abstain")];
    let vector = |(public, message): (&[u8; 4], &[u8]), valid: bool| {
        let mut signature = sign(public, message);
        signature[0] ^= if valid { 0 } else { 128 };
        Vector {
            public: public.to_vec().try_into().unwrap(),
            message: message.to_vec().try_into().unwrap(),
            signature: signature.try_into().unwrap(),
            valid,
        }
    };
    let good = inputs.into_iter().map(|input| vector(input, true));
    good.chain(inputs.into_iter().map(|input| vector(input, false))).collect()
}

pub(super) fn encoded(vectors: Vec<Vector>) -> Vec<u8> {
    Vectors::new(vectors).unwrap().encode()
}

/// The call that enters the toy.
pub(super) fn add(scheme: SchemeId, name: &str) -> Call {
    add_with(scheme, name, (blake2_256(&code()), blake2_256(&encoded(vector_list()))))
}

pub(super) fn add_with(scheme: SchemeId, name: &str, (code, vectors): (Hash256, Hash256)) -> Call {
    Call::AddModule {
        scheme,
        name: name.as_bytes().to_vec().try_into().unwrap(),
        family: Family::Code,
        public_bytes: 4,
        signature_bytes: 8,
        fuel_max: 100_000,
        code,
        signer: None,
        vectors,
    }
}

/// Have the chain keep these bytes.
pub(super) fn note(chain: &mut TestChain, bytes: &[u8]) -> Hash256 {
    let hash = blake2_256(bytes);
    let bytes = bytes.to_vec().try_into().unwrap();
    let call = pallet_preimage::Call::Note { bytes };
    chain.apply(Origin::Signed(NOTER), call).unwrap();
    hash
}

/// The development chain with a member who notes, and nothing noted.
pub(super) fn funded() -> TestChain {
    let mut chain = dev();
    let balances = vec![(NOTER, 100_000 * TOKEN)];
    let genesis = pallet_balances::Genesis { balances };
    chain.apply_unrestricted(|tx| genesis.build(tx)).unwrap();
    chain.take_events();
    chain
}

/// The same with code and vectors of the toy noted.
pub(super) fn ready() -> TestChain {
    let mut chain = funded();
    note(&mut chain, &code());
    note(&mut chain, &encoded(vector_list()));
    chain.take_events();
    chain
}

/// The same with the toy on trial.
pub(super) fn entered() -> TestChain {
    let mut chain = ready();
    enact(&mut chain, add(TOY, "toy")).unwrap();
    chain
}
