//! Verification under every scheme: everybody who can be asked gives one verdict (C7).
//!
//! Bytes are the public key, the signature and the message, one after the other. Where there are
//! too few, key and signature are cut short.

use althing_crypto::{Check, SchemeId, scheme};

use crate::{samples, verdicts};

fn feed(id: SchemeId, bytes: &[u8]) {
    let sizes = scheme(id).unwrap().sizes();
    let (public, rest) = bytes.split_at(sizes.public.min(bytes.len()));
    let (signature, message) = rest.split_at(sizes.signature.min(rest.len()));
    let check = Check { scheme: id, public, message, signature };
    verdicts::agreed(&check);
}

fn seeds(id: SchemeId) -> Vec<Vec<u8>> {
    let signed = samples::signed(id);
    assert!(verdicts::agreed(&signed.check()));
    vec![[signed.public, signed.signature, signed.message].concat()]
}

macro_rules! targets {
    ($($id:ident: $feed:ident, $seeds:ident;)*) => {$(
        #[doc = concat!("Everybody agrees on these bytes under [`SchemeId::", stringify!($id), "`].")]
        pub fn $feed(bytes: &[u8]) {
            feed(SchemeId::$id, bytes);
        }

        #[doc = concat!("A valid signature of [`SchemeId::", stringify!($id), "`].")]
        #[must_use]
        pub fn $seeds() -> Vec<Vec<u8>> {
            seeds(SchemeId::$id)
        }
    )*};
}

targets! {
    SPHINCS_R3: sphincs_r3, sphincs_r3s;
    ML_DSA_44: ml_dsa_44, ml_dsa_44s;
    ML_DSA_65: ml_dsa_65, ml_dsa_65s;
    SLH_DSA_128S: slh_dsa_128s, slh_dsa_128ss;
    FN_DSA_512: fn_dsa_512, fn_dsa_512s;
}
