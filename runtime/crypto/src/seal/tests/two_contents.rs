//! A body that is valid under two keys, as anyone can make one with Poly1305: one block of the
//! body is solved for, so that both keys give the same tag.

use super::*;

/// Numbers modulo 2^130 - 5, in 64-bit limbs, little endian. Slow, which a test may be.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Field([u64; 3]);

const P: [u64; 3] = [u64::MAX - 4, u64::MAX, 3];

impl Field {
    fn of(bytes: &[u8], top: u64) -> Self {
        let mut padded = [0; 16];
        padded[..bytes.len()].copy_from_slice(bytes);
        let low = u64::from_le_bytes(padded[..8].try_into().unwrap());
        let high = u64::from_le_bytes(padded[8..].try_into().unwrap());
        Self([low, high, top])
    }

    fn add(self, other: Self) -> Self {
        let mut sum = [0; 3];
        let mut carry = 0;
        for (i, limb) in sum.iter_mut().enumerate() {
            let wide = u128::from(self.0[i]) + u128::from(other.0[i]) + carry;
            *limb = wide as u64;
            carry = wide >> 64;
        }
        Self(sum).reduced()
    }

    fn reduced(self) -> Self {
        let is_less = self.0.iter().rev().lt(P.iter().rev());
        if is_less { self } else { Self(self.minus(P)).reduced() }
    }

    fn minus(self, other: [u64; 3]) -> [u64; 3] {
        let mut difference = [0; 3];
        let mut borrow = false;
        for (i, limb) in difference.iter_mut().enumerate() {
            let (one, first) = self.0[i].overflowing_sub(other[i]);
            let (two, second) = one.overflowing_sub(u64::from(borrow));
            *limb = two;
            borrow = first || second;
        }
        difference
    }

    fn neg(self) -> Self {
        Self(Self(P).minus(self.0)).reduced()
    }

    /// Double and add.
    fn mul(self, other: Self) -> Self {
        let mut product = Self([0; 3]);
        for bit in (0..130).rev() {
            product = product.add(product);
            if other.0[bit / 64] >> (bit % 64) & 1 == 1 {
                product = product.add(self);
            }
        }
        product
    }

    /// Fermat: to the power of P - 2.
    fn inverse(self) -> Self {
        let exponent = Self(P).minus([2, 0, 0]);
        let mut power = Self([1, 0, 0]);
        for bit in (0..130).rev() {
            power = power.mul(power);
            if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
                power = power.mul(self);
            }
        }
        power
    }
}

/// The one-time key of XChaCha20-Poly1305: r, clamped, and s.
fn one_time(key: &CipherBytes) -> (Field, u128) {
    use chacha20::cipher::{KeyIvInit as _, StreamCipher as _};
    let mut block = [0; 32];
    let mut stream = chacha20::XChaCha20::new(&key.0.into(), &key.1.into());
    stream.apply_keystream(&mut block);
    let (r, s) = block.split_at_mut(16);
    for at in [3, 7, 11, 15] {
        r[at] &= 0x0f;
    }
    for at in [4, 8, 12] {
        r[at] &= 0xfc;
    }
    (Field::of(r, 0), u128::from_le_bytes(s.try_into().unwrap()))
}

struct CipherBytes([u8; 32], [u8; 24]);

fn cipher_key(key: &[u8; 32], header: &[u8]) -> CipherBytes {
    let keys = schedule::content_keys(header, key);
    CipherBytes(*keys.body.key(), keys.body.nonce())
}

/// What Poly1305 sums of one key, the free block left out, and the weight of that block.
fn sum(r: Field, blocks: &[(Field, bool)]) -> (Field, Field) {
    let mut total = Field([0; 3]);
    let mut weight = Field([0; 3]);
    for (block, is_free) in blocks {
        let block = if *is_free { Field([0, 0, 1]) } else { *block };
        total = total.add(block).mul(r);
        let one = if *is_free { Field([1, 0, 0]) } else { Field([0; 3]) };
        weight = weight.add(one).mul(r);
    }
    (total, weight)
}

/// One body and one tag for both keys, if this seed has a solution below 2^128.
fn collide(keys: [&CipherBytes; 2], aad: &[u8; 64], seed: u8) -> Option<Vec<u8>> {
    let mut body = vec![seed; 32];
    let mut blocks: Vec<_> = aad.chunks(16).map(|chunk| (Field::of(chunk, 1), false)).collect();
    blocks.push((Field::of(&body[..16], 1), false));
    blocks.push((Field([0; 3]), true));
    let lengths = [64_u64.to_le_bytes(), 32_u64.to_le_bytes()].concat();
    blocks.push((Field::of(&lengths, 1), false));

    let [(r1, s1), (r2, s2)] = keys.map(one_time);
    let ((sum1, weight1), (sum2, weight2)) = (sum(r1, &blocks), sum(r2, &blocks));
    // (sum1 + x weight1) + s1 = (sum2 + x weight2) + s2, exactly and not only modulo 2^128.
    let s = |s: u128| Field([s as u64, (s >> 64) as u64, 0]);
    let right = sum2.add(s(s2)).add(sum1.add(s(s1)).neg());
    let x = right.mul(weight1.add(weight2.neg()).inverse());
    if x.0[2] != 0 {
        return None;
    }
    body[16..24].copy_from_slice(&x.0[0].to_le_bytes());
    body[24..].copy_from_slice(&x.0[1].to_le_bytes());
    let tag = |sum: Field, weight, s: u128| {
        let polynomial = sum.add(x.mul(weight));
        let low = u128::from(polynomial.0[0]) | u128::from(polynomial.0[1]) << 64;
        low.wrapping_add(s)
    };
    // Equal in the field, the sums may differ by P as numbers, and then the tags differ.
    let both = [tag(sum1, weight1, s1), tag(sum2, weight2, s2)];
    if both[0] != both[1] {
        return None;
    }
    body.extend(both[0].to_le_bytes());
    Some(body)
}

fn decrypts(key: &CipherBytes, body: &[u8], aad: &[u8; 64]) -> Option<Vec<u8>> {
    let cipher = XChaCha20Poly1305::new(&key.0.into());
    cipher.decrypt(&XNonce::from(key.1), Payload { msg: body, aad }).ok()
}

#[test]
fn an_envelope_crafted_to_show_two_recipients_two_texts_shows_at_most_one() {
    let people = people(2);
    let whole = seal_to(&people, b"replaced");
    // A recipient's account decides which content key its slot wraps: forge both slots.
    let content_keys = [[1; 32], [2; 32]];
    let mut forged = whole;
    let header = forged.header.bytes();
    let mut sorted: Vec<_> = people.iter().collect();
    sorted.sort_by_key(|person| person.account);
    for (at, person) in sorted.iter().enumerate() {
        let slot = forged.header.recipients[at].clone();
        let kem = crate::kem(person.kem).unwrap();
        let shared = kem.decapsulate(&person.pair.secret, &slot.ciphertext).unwrap();
        let key = schedule::slot_key(&forged.header, &slot, &person.pair.public, shared.expose());
        let cipher = XChaCha20Poly1305::new(key.key().into());
        let payload = Payload { msg: &content_keys[at], aad: &header };
        let wrap = cipher.encrypt(&XNonce::from(key.nonce()), payload).unwrap();
        forged.sealed.wrapped.as_mut_slice()[at] = wrap.try_into().unwrap();
    }
    for committed in [0, 1] {
        let keys = schedule::content_keys(&header, &content_keys[committed]);
        forged.sealed.commitment = keys.commitment;
        let aad = schedule::body_binding(&header, &forged.sealed.wrapped, &keys.commitment);
        let keys = content_keys.each_ref().map(|key| cipher_key(key, &header));
        let body = (0..=u8::MAX).find_map(|seed| collide([&keys[0], &keys[1]], &aad, seed));
        let body = body.expect("some seeds have a solution");

        // The cipher alone is fooled: one body, two keys, two texts.
        let texts = keys.each_ref().map(|key| decrypts(key, &body, &aad).unwrap());
        assert_ne!(texts[0], texts[1]);
        // The commitment is not.
        forged.sealed.body = body.try_into().unwrap();
        for (at, person) in sorted.iter().enumerate() {
            let opened = person.open(&forged);
            if at == committed {
                assert_eq!(opened, Ok(texts[at].clone()));
            } else {
                assert_eq!(opened, Err(OpenError::Damaged));
            }
        }
    }
}
