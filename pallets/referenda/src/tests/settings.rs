//! Facts about the tables of tracks.

use parity_scale_codec::DecodeAll;

use super::*;

#[test]
fn both_tables_have_every_track_once_and_satisfy_its_rules() {
    for tracks in [main_tracks().unwrap(), fast_tracks().unwrap()] {
        let names: Vec<_> = tracks.iter().map(|(track, _)| *track).collect();
        assert_eq!(names, Track::ALL);
        for (track, info) in tracks {
            info.check(track).unwrap();
        }
    }
}

/// B1, B2: no track can be passed by next to nobody, however long it waits.
#[test]
fn every_track_needs_support_and_a_majority_to_the_end() {
    for (track, info) in main_tracks().unwrap() {
        let end = info.decision_period;
        let least = info.support.threshold(end, end);
        assert!(least >= Ratio::new(5, 1_000).unwrap(), "{track:?}");
        assert!(info.approval.threshold(end, end) >= Ratio::new(1, 2).unwrap(), "{track:?}");
    }
}

/// G11: the slow table is slow, and the fast one differs from it in nothing but time.
#[test]
fn gov_atk_g11_only_the_fast_table_is_fast() {
    let day = 14_400;
    let pairs = main_tracks().unwrap().into_iter().zip(fast_tracks().unwrap());
    for ((track, main), (_, fast)) in pairs {
        let shortest = if track == Track::CryptoEmergency { day } else { 7 * day };
        assert!(main.decision_period >= shortest && main.confirm_period >= 600, "{track:?}");
        assert!(fast.decision_period == 20 && fast.confirm_period == 3, "{track:?}");
        assert_eq!(main.thresholds(), fast.thresholds());
        assert_eq!(main.max_deciding, fast.max_deciding);
    }
}

/// E2: a track that decides nothing, or in no time, cannot be set up.
#[test]
fn gov_atk_e2_a_track_without_time_or_slots_is_refused() {
    type Change = fn(&mut TrackInfo);
    let changes: [(Change, &str); 3] = [
        (|info| info.max_deciding = 0, "decides at least one referendum at a time"),
        (|info| info.decision_period = 0, "has a decision period"),
        (|info| info.confirm_period = 0, "has a confirm period"),
    ];
    for (change, rule) in changes {
        let mut genesis = Genesis::fast().unwrap();
        change(&mut genesis.tracks[0].1);
        let mut chain = TestChain::new(TestRuntime::new(decode));
        let refusal = chain.apply_unrestricted(|tx| genesis.build(tx));
        assert_eq!(refusal, Err(Error::BadTrack { track: "root", rule }.into()));
    }
}

#[test]
fn a_track_row_is_pinned() {
    let (_, root) = fast_tracks().unwrap()[0];
    let bytes = root.encode();
    assert_eq!(TrackInfo::decode_all(&mut &bytes[..]), Ok(root));
    let expected = "01000000\
        00a0724e180900000000000000000000\
        0080c6a47e8d03000000000000000000\
        01000000140000000300000002000000";
    let hex = bytes[..52].iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    assert_eq!(hex, expected);
}
