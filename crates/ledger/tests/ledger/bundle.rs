//! Proofs to take away: they hold for the entry they were made for, and for nothing else.

use ledger::{Algorithm, Bundle, Checkpoint, NotProven, NotTrusted, TrustPolicy, Witness, prove_inclusion};
use proptest::prelude::*;

use crate::{Log, entry, witness_key};

/// Both trees of a ledger of this size, with whom to trust.
fn logs(size: u64) -> [Log; 2] {
    Algorithm::ALL.map(|algorithm| Log::grow(algorithm, size))
}

fn policy(log: &Log) -> TrustPolicy {
    format!("log {}\nwitness w {}\nquorum w\n", log.key.verifier(), witness_key(1).verifier()).parse().unwrap()
}

/// The proof for an entry, with the entry in it, cosigned.
fn bundle(log: &Log, index: u64, size: u64) -> Bundle {
    let witness = Witness::new(witness_key(1), policy(log));
    let request = log.advance(0, size).to_string();
    let checkpoint = witness.admit(&request).unwrap().cosign(None, 1_700_000_000).unwrap().note;
    let proof = prove_inclusion(log.kept.algorithm, index, size, |node| log.kept.hash(node)).unwrap();
    Bundle { extra: Some(entry(index)), index, proof, checkpoint }
}

#[test]
fn every_entry_of_both_trees_is_proven() {
    const SIZE: u64 = 7;
    for log in logs(SIZE) {
        let policy = policy(&log);
        for index in 0..SIZE {
            let file = bundle(&log, index, SIZE).to_string();
            let read: Bundle = file.parse().unwrap();
            let trusted = read.verify(read.extra.as_ref().unwrap(), &policy).unwrap();
            assert_eq!((trusted.checkpoint, trusted.cosignatures[0].at), (log.checkpoint(SIZE), 1_700_000_000));
            assert_eq!(read.to_string(), file);
        }
    }
}

#[test]
fn another_entry_place_or_state_is_not_proven() {
    for log in logs(7) {
        let policy = policy(&log);
        let whole = bundle(&log, 3, 7);
        let mismatch = Err(NotTrusted::NotProven(NotProven::Mismatch));
        assert_eq!(whole.verify(&entry(4), &policy), mismatch, "another entry");
        assert_eq!(whole.verify(b"entry 3 ", &policy), mismatch, "a byte more");
        for index in (0..7).filter(|index| *index != 3) {
            assert_eq!(Bundle { index, ..whole.clone() }.verify(&entry(3), &policy), mismatch, "at {index}");
        }
        let beyond = NotTrusted::NotProven(NotProven::NoSuchEntry { index: 7, size: 7 });
        assert_eq!(Bundle { index: 7, ..whole.clone() }.verify(&entry(3), &policy), Err(beyond));
        let earlier = Bundle { checkpoint: bundle(&log, 3, 6).checkpoint, ..whole.clone() };
        assert_eq!(earlier.verify(&entry(3), &policy), mismatch, "an earlier checkpoint");
        let uncosigned = Bundle { checkpoint: log.signed(7), ..whole };
        assert_eq!(uncosigned.verify(&entry(3), &policy), Err(NotTrusted::TooFewWitnesses { cosigned: 0 }));
    }
}

/// Nothing follows from one log about the other, or from a log whose key is not known.
#[test]
fn a_proof_of_another_log_is_not_believed() {
    let [sha256, sm3] = logs(7);
    let policy = policy(&sha256);
    let refused = bundle(&sm3, 3, 7).verify(&entry(3), &policy);
    assert_eq!(refused, Err(NotTrusted::UnknownLog { origin: "example.com/log/sm3".to_owned() }));
}

/// The head of the example of C2SP `tlog-proof`. The example leaves out most of the signatures, and its `extra` is cut
/// off in the middle, so both come from here.
#[test]
fn the_example_of_the_specification_is_read() {
    let file = "c2sp.org/tlog-proof@v1\nextra YWdl\nindex 73894\n\
        gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\nB95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n\
        EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\nRoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=\n\
        AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=\n\n\
        example.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n\n— example.com/fancylog hI2DJwAA\n";
    let read: Bundle = file.parse().unwrap();
    assert_eq!((read.extra.as_deref(), read.index, read.proof.len()), (Some(&b"age"[..]), 73894, 5));
    assert_eq!(hex::encode(&read.proof[4][..4]), "0070a2a1");
    let checkpoint: Checkpoint = read.checkpoint.text().parse().unwrap();
    assert_eq!((checkpoint.origin.as_str(), checkpoint.head.size), ("example.com/fancylog", 109482));
    assert_eq!(read.to_string(), file);
}

#[test]
fn what_is_no_proof_is_refused() {
    let log = Log::grow(Algorithm::Sha256, 2);
    let file = bundle(&log, 1, 2).to_string();
    let hash = file.lines().nth(3).unwrap();
    let refused = |file: &str| file.parse::<Bundle>().unwrap_err().why;
    let no_index = "it has no line «index» with a number";
    for (from, to, why) in [
        ("@v1", "@v2", "its first line is not c2sp.org/tlog-proof@v1"),
        ("\n\n", "\n", "no empty line precedes the checkpoint"),
        ("extra ", "extra  ", "what follows «extra» is not base64"),
        ("extra ", "extra\n", no_index),
        ("index 1", "index 01", no_index),
        ("index 1", "index ", no_index),
        ("index 1\n", "", no_index),
        ("index 1\n", "index 1\nAAAA\n", "a line of the proof is not the base64 of a hash"),
        (hash, &[hash; 64].join("\n"), "the proof has more than 63 hashes"),
        ("— ", "", "a signature line is not of the form «— name base64»"),
    ] {
        assert_eq!(refused(&file.replacen(from, to, if from == "\n\n" { 9 } else { 1 })), why, "{from:?} -> {to:?}");
    }
    assert_eq!(file.replacen(hash, &[hash; 63].join("\n"), 1).parse::<Bundle>().unwrap().proof.len(), 63);
    assert_eq!(bundle(&log, 1, 2).verify(b"", &policy(&log)), Err(NotTrusted::NotProven(NotProven::Mismatch)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever letter of the file is changed: it no longer holds, unless it held no more than a place in the unsigned
    /// part, which then reads back the same.
    #[test]
    fn a_changed_file_does_not_hold(
        at in any::<prop::sample::Index>(), letter in "[0-9A-Za-z+/=\n ]", sm3 in any::<bool>(),
    ) {
        let [sha256, other] = logs(11);
        let log = if sm3 { other } else { sha256 };
        let (whole, policy) = (bundle(&log, 9, 11), policy(&log));
        let file = Bundle { extra: None, ..whole }.to_string();
        let at = at.index(file.len());
        prop_assume!(file.is_char_boundary(at) && file.is_char_boundary(at + 1) && file[at..=at] != letter);
        let changed = format!("{}{letter}{}", &file[..at], &file[at + 1..]);
        let holds = changed.parse::<Bundle>().is_ok_and(|read| read.verify(&entry(9), &policy).is_ok());
        prop_assert!(!holds, "{changed}");
    }
}
