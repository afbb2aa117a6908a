//! Curves that tracks are commonly given, by name (rule G14).
//!
//! Reciprocal parameters are the closed form of rule G11, worked out; a test derives each of them
//! again from the points it was made from, and checks every rule of curves.

use super::{Curve, Fraction, LinearDecreasing, Reciprocal, SignedFraction};

/// Approval on the root, treasurer and general administration tracks: 80 % after a seventh,
/// 50 % at the end.
pub const ROOT_APPROVAL: Curve = hyperbola((2, 9), (1, 3), (1, 3));

/// Support on the root track: half of the electorate at first, none at the end.
pub const ROOT_SUPPORT: Curve = line((1, 1), (0, 1), (1, 2));

/// Support on the treasurer track: half of the electorate at first, 1 % at the end.
pub const TREASURER_SUPPORT: Curve = line((1, 1), (1, 100), (1, 2));

/// Approval of whitelisted calls: 96 % after 16 hours of 28 days, 50 % at the end.
pub const WHITELISTED_APPROVAL: Curve = hyperbola((943, 3_481), (23, 59), (18, 59));

/// Support of whitelisted calls: 20 % after a day of 28, 5 % at the end.
pub const WHITELISTED_SUPPORT: Curve = hyperbola((243, 28_090), (1, 53), (11, 265));

/// Support of general administration: 10 % after a quarter, none at the end.
pub const GENERAL_ADMIN_SUPPORT: Curve = hyperbola((6, 121), (1, 11), (-1, 22));

/// Approval of administration, cancelling, killing and small spends: 50 % from
/// 17 days of 28 on.
pub const ADMIN_APPROVAL: Curve = line((17, 28), (1, 2), (1, 1));

/// Support of administration, cancelling and killing: 1 % after 12 days of 28.
pub const ADMIN_SUPPORT: Curve = hyperbola((294, 37_249), (3, 193), (-3, 386));

/// Approval of tips: 50 % from 10 days of 28 on.
pub const TIP_APPROVAL: Curve = line((5, 14), (1, 2), (1, 1));

/// Support of small tips: 4 % after a day of 28, none at the end.
pub const SMALL_TIP_SUPPORT: Curve = hyperbola((621, 383_161), (2, 619), (-1, 619));

/// Support of small spends: 1 % after 12 days of 28, 0.5 % at the end.
pub const SMALL_SPEND_SUPPORT: Curve = hyperbola((14_553, 3_783_025), (3, 389), (23, 19_450));

/// Approval of medium spends: 50 % from 23 days of 28 on.
pub const MEDIUM_SPEND_APPROVAL: Curve = line((23, 28), (1, 2), (1, 1));

/// Support of medium spends: 1 % after 16 days of 28, 0.5 % at the end.
pub const MEDIUM_SPEND_SUPPORT: Curve = hyperbola((14_553, 2_102_500), (2, 145), (-53, 29_000));

/// Approval of big spends: falls to 50 % until the end.
pub const BIG_SPEND_APPROVAL: Curve = line((1, 1), (1, 2), (1, 1));

/// Support of big spends: 1 % after 20 days of 28, 0.75 % at the end.
pub const BIG_SPEND_SUPPORT: Curve = hyperbola((9_653, 1_497_690), (5, 387), (11, 9_675));

/// Every named curve with its name.
pub const ALL: [(&str, Curve); 15] = [
    ("root_approval", ROOT_APPROVAL),
    ("root_support", ROOT_SUPPORT),
    ("treasurer_support", TREASURER_SUPPORT),
    ("whitelisted_approval", WHITELISTED_APPROVAL),
    ("whitelisted_support", WHITELISTED_SUPPORT),
    ("general_admin_support", GENERAL_ADMIN_SUPPORT),
    ("admin_approval", ADMIN_APPROVAL),
    ("admin_support", ADMIN_SUPPORT),
    ("tip_approval", TIP_APPROVAL),
    ("small_tip_support", SMALL_TIP_SUPPORT),
    ("small_spend_support", SMALL_SPEND_SUPPORT),
    ("medium_spend_approval", MEDIUM_SPEND_APPROVAL),
    ("medium_spend_support", MEDIUM_SPEND_SUPPORT),
    ("big_spend_approval", BIG_SPEND_APPROVAL),
    ("big_spend_support", BIG_SPEND_SUPPORT),
];

const fn part((numerator, denominator): (u64, u64)) -> Fraction {
    Fraction { numerator, denominator }
}

const fn line(length: (u64, u64), floor: (u64, u64), ceil: (u64, u64)) -> Curve {
    let (length, floor, ceil) = (part(length), part(floor), part(ceil));
    Curve::LinearDecreasing(LinearDecreasing { length, floor, ceil })
}

const fn hyperbola(factor: (u64, u64), x_offset: (u64, u64), y_offset: (i64, u64)) -> Curve {
    let y_offset = SignedFraction { numerator: y_offset.0, denominator: y_offset.1 };
    let (factor, x_offset) = (part(factor), part(x_offset));
    Curve::Reciprocal(Reciprocal { factor, x_offset, y_offset })
}
