//! One wrong answer, wherever it is, and the gate names where.

use althing_crypto::{
    GateError, gate,
    module::{Outcome, Part, Vector},
};

use crate::toy::{ABI, BUFFER, FACTS, MEMORY, VERIFY, compile, sign, vectors, wat};

/// Public key, message, signature.
type Input = [Vec<u8>; 3];

/// A place at which the gate asks: the vector, the part with a flipped bit if there is one, and what
/// the module is given.
struct Place {
    index: u32,
    spoilt: Option<Part>,
    valid: bool,
    input: Input,
}

fn input(vector: &Vector) -> Input {
    [vector.public.to_vec(), vector.message.to_vec(), vector.signature.to_vec()]
}

/// VM11: the lowest bit of the middle byte; an empty message becomes one zero byte.
fn flip(bytes: &mut Vec<u8>) {
    let middle = bytes.len() / 2;
    match bytes.get_mut(middle) {
        Some(byte) => *byte ^= 1,
        None => bytes.push(0),
    }
}

/// All places, in the order of the gate.
fn places() -> Vec<Place> {
    let vectors = vectors();
    let whole = (0..).zip(vectors.all()).map(|(index, vector)| Place {
        index,
        spoilt: None,
        valid: vector.valid,
        input: input(vector),
    });
    let parts = [(2, Part::Signature), (1, Part::Message), (0, Part::Public)];
    let valid = (0..).zip(vectors.all()).filter(|(_, vector)| vector.valid);
    let spoilt = valid.flat_map(|(index, vector)| {
        parts.map(|(at, part)| {
            let mut input = input(vector);
            flip(&mut input[at]);
            Place { index, spoilt: Some(part), valid: false, input }
        })
    });
    whole.chain(spoilt).collect()
}

/// The two numbers by which the toy tells inputs apart: its sum, and the signature.
fn numbers([public, message, signature]: &Input) -> [i64; 2] {
    [&sign(public, message), signature]
        .map(|bytes| i64::from_le_bytes(bytes[..].try_into().unwrap()))
}

/// The toy verifier, but at this place it answers with what `wrong` makes of the right answer.
fn wrong_at(place: &Place, wrong: &str) -> Vec<u8> {
    let right = "(i64.eq (local.get $sum) (i64.load (local.get $end)))";
    let [sum, signature] = numbers(&place.input);
    let here = format!(
        "(i32.and (i64.eq (local.get $sum) (i64.const {sum}))
            (i64.eq (i64.load (local.get $end)) (i64.const {signature})))"
    );
    let answer = format!("(if (result i32) {here} (then {wrong}) (else {right}))");
    assert!(VERIFY.contains(right));
    let verify = VERIFY.replace(right, &answer.replace("RIGHT", right));
    wat(&[MEMORY, ABI, BUFFER, &verify])
}

#[test]
fn a_module_wrong_in_one_place_alone_does_not_pass_wherever_it_is() {
    let places = places();
    assert_eq!(u64::try_from(places.len()).unwrap(), vectors().runs());
    for (at, place) in places.iter().enumerate() {
        let same = places.iter().filter(|other| numbers(&other.input) == numbers(&place.input));
        assert_eq!(same.count(), 1, "place {at} is like another one");
        let Place { index, valid: expected, .. } = *place;
        let opposite = if expected { Outcome::Invalid } else { Outcome::Valid };
        for (wrong, found) in [
            ("(i32.eqz RIGHT)", opposite),
            ("(i32.const 2)", Outcome::BadAnswer(2)),
            ("(unreachable)", Outcome::Trapped),
        ] {
            let refused = gate(&compile(&wrong_at(place, wrong)), &vectors());
            let error = match place.spoilt {
                None => GateError::Mismatch { index, expected, found },
                Some(part) => GateError::Flipped { index, part, found },
            };
            assert_eq!(refused, Err(error), "place {at}, {wrong}");
        }
        let endless = gate(&compile(&wrong_at(place, "(loop $l (br $l)) RIGHT")), &vectors());
        let fuel_max = FACTS.fuel_max;
        assert_eq!(endless, Err(GateError::Fuel { index, fuel_max }), "place {at}");
        let right = gate(&compile(&wrong_at(place, "RIGHT")), &vectors());
        assert!(right.is_ok(), "place {at}: {right:?}");
    }
}
