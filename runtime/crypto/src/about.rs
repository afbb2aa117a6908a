//! What a scheme is, for people who read lists.

use althing_primitives::SchemeId;

/// What a built-in scheme or KEM is, in a few words: its standard, or why it has none, and whether
/// somebody looks after its code (C9). Names alone mislead: that of scheme 1 suggests SLH-DSA, and
/// that of KEM 32 a round it is not of. None for what is not built in.
#[must_use]
pub const fn about(id: SchemeId) -> Option<&'static str> {
    Some(match id {
        SchemeId::SPHINCS_R3 => "SPHINCS+ round 3.1, not SLH-DSA; unmaintained",
        SchemeId::ML_DSA_44 | SchemeId::ML_DSA_65 => "FIPS 204",
        SchemeId::SLH_DSA_128S => "FIPS 205",
        SchemeId::FN_DSA_512 => "provisional, FIPS 206 is not out",
        SchemeId::KYBER_768_R3 => "draft of ML-KEM, not round 3; unmaintained",
        SchemeId::ML_KEM_768 => "FIPS 203",
        _ => return None,
    })
}
