//! The keeper of a log's key: signs what only adds, and nothing that takes back.

use ledger::{Advance, Algorithm, Checkpoint, Head, NotSigned, Note, sign_checkpoint};

use crate::{Log, entry};

const SIZE: u64 = 12;

fn ask(log: &Log, old: u64, new: u64) -> Advance<Checkpoint> {
    Advance { old, proof: log.prove(old, new), checkpoint: log.checkpoint(new) }
}

#[test]
fn every_head_that_only_adds_is_signed() {
    for algorithm in Algorithm::ALL {
        let log = Log::grow(algorithm, SIZE);
        let mut last = None;
        for new in [0, 1, 1, 5, 8, 12] {
            let asked = ask(&log, last.map_or(0, |head: Head| head.size), new);
            let sent = asked.to_string().parse::<Advance<Checkpoint>>().unwrap();
            assert_eq!(sent, asked, "what the server writes, the signer reads");
            let note = sign_checkpoint(&log.key, last, &sent).unwrap();
            assert_eq!(note.verify(&[log.key.verifier()]).unwrap().len(), 1);
            last = Some(note.text().parse::<Checkpoint>().unwrap().head);
            assert_eq!(last, Some(log.kept.head(new)));
        }
    }
}

#[test]
fn the_same_head_has_the_same_signature() {
    for algorithm in Algorithm::ALL {
        let log = Log::grow(algorithm, SIZE);
        let again = sign_checkpoint(&log.key, Some(log.kept.head(5)), &ask(&log, 5, 5));
        assert_eq!(again, sign_checkpoint(&log.key, Some(log.kept.head(3)), &ask(&log, 3, 5)));
    }
}

/// A restored backup: nothing is signed until the missing entries are back, and then it goes on.
#[test]
fn a_ledger_that_was_set_back_falls_silent() {
    let log = Log::grow(Algorithm::Sha256, SIZE);
    let last = Some(log.kept.head(10));
    let refused = sign_checkpoint(&log.key, last, &ask(&log, 7, 8)).unwrap_err();
    assert_eq!(refused, NotSigned::SetBack { signed: 10, asked: 8 });
    assert!(refused.to_string().contains("restore the missing 2 entries"), "{refused}");
    assert_eq!(sign_checkpoint(&log.key, last, &ask(&log, 0, 9)), Err(NotSigned::SetBack { signed: 10, asked: 9 }));
    assert!(sign_checkpoint(&log.key, last, &ask(&log, 10, 12)).is_ok());
}

/// The missing entries are not back if others are in their place, at whatever size.
#[test]
fn a_ledger_that_was_rewritten_falls_silent() {
    for algorithm in Algorithm::ALL {
        let log = Log::grow(algorithm, SIZE);
        let last = Some(log.kept.head(10));
        let other = Log::of(algorithm, (0..20).map(|place| if place == 9 { entry(90) } else { entry(place) }));
        for new in 10..20 {
            let refused = sign_checkpoint(&log.key, last, &ask(&other, 10, new));
            assert_eq!(refused, Err(NotSigned::Rewritten { signed: 10 }), "to {new}");
        }
        // The true proof does not help a false head, nor a false proof the true head.
        let mixed = Advance { checkpoint: other.checkpoint(12), ..ask(&log, 10, 12) };
        assert_eq!(sign_checkpoint(&log.key, last, &mixed), Err(NotSigned::Rewritten { signed: 10 }));
        let mixed = Advance { proof: other.prove(10, 12), ..ask(&log, 10, 12) };
        assert_eq!(sign_checkpoint(&log.key, last, &mixed), Err(NotSigned::Rewritten { signed: 10 }));
    }
}

#[test]
fn a_proof_from_elsewhere_is_asked_for_again() {
    let log = Log::grow(Algorithm::Sha256, SIZE);
    let last = Some(log.kept.head(5));
    assert_eq!(sign_checkpoint(&log.key, last, &ask(&log, 4, 12)), Err(NotSigned::NotFromLast { signed: 5, old: 4 }));
    assert_eq!(sign_checkpoint(&log.key, last, &ask(&log, 6, 12)), Err(NotSigned::NotFromLast { signed: 5, old: 6 }));
    assert_eq!(sign_checkpoint(&log.key, None, &ask(&log, 4, 12)), Err(NotSigned::NotFromLast { signed: 0, old: 4 }));
}

#[test]
fn a_key_signs_for_its_own_log_alone() {
    let [log, sm3] = Algorithm::ALL.map(|algorithm| Log::grow(algorithm, SIZE));
    let refused = sign_checkpoint(&log.key, None, &ask(&sm3, 0, 5));
    let (own, asked) = ("example.com/log".to_owned(), "example.com/log/sm3".to_owned());
    assert_eq!(refused, Err(NotSigned::OtherLog { own, asked }));
    // Even where the name is right: a head of the other tree, grown on the empty one, is of another hash function.
    let foreign = Advance {
        checkpoint: Checkpoint { head: Head::empty(Algorithm::Sm3), ..log.checkpoint(0) },
        ..ask(&log, 0, 0)
    };
    assert_eq!(sign_checkpoint(&log.key, None, &foreign), Err(NotSigned::Rewritten { signed: 0 }));
}

#[test]
fn what_is_no_request_is_refused() {
    let whole = ask(&Log::grow(Algorithm::Sha256, SIZE), 4, 5).to_string();
    let refused = |text: &str| text.parse::<Advance<Checkpoint>>().unwrap_err().why;
    let old = "its first line is not «old» and a number of entries";
    for (from, to, why) in [
        ("old 4", "old 04", old),
        ("old 4", "new 4", old),
        ("old 4", "old 4 ", old),
        ("old 4", "", old),
        ("old 4\n", "old 4\nhash\n", "a line of the proof is not the base64 of a hash"),
        ("\n\n", "\n", "no empty line precedes the checkpoint"),
        ("\n5\n", "\n", "it has fewer than three lines"),
    ] {
        assert_eq!(refused(&whole.replacen(from, to, 1)), why, "{from:?} -> {to:?}");
    }
    assert!(whole.parse::<Advance<Note>>().is_err(), "a witness asks for the log's signature");
}
