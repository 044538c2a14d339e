//! The witness: every answer of C2SP `tlog-witness`, section "add-checkpoint", and what a log may try.

use ledger::{
    Advance, Algorithm, Checkpoint, Cosigned, Head, NotCosigned, Note, TrustPolicy, Witness, monitoring_path,
};
use proptest::prelude::*;

use crate::{Kept, Log, entry, witness_key};

const SIZE: u64 = 20;

/// A witness of this log, which remembers.
struct Desk {
    witness: Witness,
    last: Option<Head>,
}

impl Desk {
    fn of(log: &Log) -> Self {
        // A quorum is for those who verify; the witness itself must not wait for it.
        let policy = format!("log {}\nwitness w {}\nquorum w\n", log.key.verifier(), witness_key(2).verifier());
        Self { witness: Witness::new(witness_key(1), policy.parse().unwrap()), last: None }
    }

    fn ask(&mut self, body: &str) -> Result<Cosigned, NotCosigned> {
        let cosigned = self.witness.admit(body)?.cosign(self.last, 1_700_000_000)?;
        self.last = Some(cosigned.head);
        Ok(cosigned)
    }

    /// The status of the answer; what was seen last stays as it is unless that is 200.
    fn status(&mut self, body: &str) -> u16 {
        let before = self.last;
        match self.ask(body) {
            Ok(_) => 200,
            Err(refused) => {
                assert_eq!(self.last, before);
                refused.answer().0
            }
        }
    }
}

fn signed(log: &Log, head: Head) -> Note {
    let mut note = Note::new(Checkpoint { head, ..log.checkpoint(0) }.to_string()).unwrap();
    note.sign(&log.key);
    note
}

#[test]
fn every_head_that_only_adds_is_cosigned() {
    for algorithm in Algorithm::ALL {
        let log = Log::grow(algorithm, SIZE);
        let mut desk = Desk::of(&log);
        let mut old = 0;
        for new in [0, 0, 1, 1, 7, 8, 20] {
            let cosigned = desk.ask(&log.advance(old, new).to_string()).unwrap();
            assert_eq!(cosigned.head, log.kept.head(new));
            let key = witness_key(1);
            let held = cosigned.note.verify(&[log.key.verifier(), key.verifier()]).unwrap();
            assert_eq!(held.iter().map(|signed| signed.at).collect::<Vec<_>>(), [None, Some(1_700_000_000)]);
            // What a client does with the answer: it puts it after the checkpoint and opens the note.
            let opened: Note = format!("{}{}", log.signed(new), cosigned.answer).parse().unwrap();
            assert_eq!(opened, cosigned.note);
            old = new;
        }
    }
}

/// The bytes of the line, taken apart as `tlog-cosignature` defines them, with an Ed25519 of its own.
#[test]
fn a_cosignature_is_made_as_specified() {
    let log = Log::grow(Algorithm::Sha256, SIZE);
    let answer = Desk::of(&log).ask(&log.advance(0, SIZE).to_string()).unwrap().answer;
    let line = answer.strip_prefix("— example.com/witness-1 ").and_then(|line| line.strip_suffix('\n')).unwrap();
    let bytes = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, line).unwrap();
    let (id, at, signature) = (&bytes[..4], &bytes[4..12], &bytes[12..]);
    assert_eq!((id, at), (&witness_key(1).verifier().id().to_be_bytes()[..], &1_700_000_000_u64.to_be_bytes()[..]));
    let message = format!("cosignature/v1\ntime 1700000000\n{}", log.signed(SIZE).text());
    let key = ed25519_dalek::SigningKey::from_bytes(&[101; 32]).verifying_key();
    key.verify_strict(message.as_bytes(), &signature.try_into().unwrap()).unwrap();
    // The time is signed too, and cannot be beyond what the format allows.
    let text = log.signed(SIZE).text().to_owned();
    let verify = |bytes: &[u8]| witness_key(1).verifier().verify(text.as_bytes(), bytes);
    assert_eq!(verify(&bytes[4..]), Ok(Some(1_700_000_000)));
    assert!(verify(&[&1_700_000_001_u64.to_be_bytes()[..], signature].concat()).is_err());
    assert!(verify(&bytes[4..9]).is_err());
    let made = |at: u64| {
        use ed25519_dalek::Signer;
        let message = format!("cosignature/v1\ntime {at}\n{text}");
        let signature = ed25519_dalek::SigningKey::from_bytes(&[101; 32]).sign(message.as_bytes());
        [&at.to_be_bytes()[..], &signature.to_bytes()].concat()
    };
    assert_eq!(verify(&made((1 << 63) - 1)), Ok(Some((1 << 63) - 1)));
    assert!(verify(&made(1 << 63)).is_err());
}

#[test]
fn what_cannot_be_read_is_400() {
    let log = Log::grow(Algorithm::Sha256, SIZE);
    let mut desk = Desk::of(&log);
    let body = log.advance(0, 5).to_string();
    for bad in ["", "old 0\n", &body[1..], &body[..body.len() - 1], &body.replace("old 0\n", "old -0\n")] {
        assert_eq!(desk.status(bad), 400, "{bad}");
    }
    let no_checkpoint = Note::new("example.com/log\nfive\n".to_owned()).unwrap();
    let signature = log.signed(5).to_string().lines().last().unwrap().to_owned();
    assert_eq!(desk.status(&format!("old 0\n\n{no_checkpoint}{signature}\n")), 400);
    let hash = "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    assert_eq!(desk.status(&body.replace("old 0\n", &format!("old 0\n{}", hash.repeat(64)))), 400);
    assert_eq!(desk.status(&body.replace("old 0\n", &format!("old 0\n{}", hash.repeat(63)))), 422);
    // Larger than what it leads to.
    assert_eq!(desk.status(&Advance { old: 6, ..log.advance(5, 5) }.to_string()), 400);
    assert_eq!(desk.status(&body), 200);
}

#[test]
fn an_unknown_log_is_404_and_an_unsigned_one_403() {
    let [log, other] = Algorithm::ALL.map(|algorithm| Log::grow(algorithm, SIZE));
    let mut desk = Desk::of(&log);
    assert_eq!(desk.status(&other.advance(0, 5).to_string()), 404);
    let body = log.advance(0, 5).to_string();
    assert_eq!(desk.status(&body.replace("— example.com/log ", "— example.com/gol ")), 403, "nobody known signed");
    let bad = Advance { checkpoint: log.advance(0, 6).checkpoint, ..log.advance(0, 5) }.to_string();
    let line = |body: &str| body.lines().last().unwrap().to_owned();
    assert_eq!(desk.status(&body.replace(&line(&body), &line(&bad))), 403, "the signature is of another head");
    assert_eq!(desk.ask(&other.advance(0, 5).to_string()).unwrap_err().answer().1, "text/plain; charset=utf-8");
}

#[test]
fn another_beginning_is_409_with_the_size_that_is_known() {
    let log = Log::grow(Algorithm::Sha256, SIZE);
    let mut desk = Desk::of(&log);
    let refused = desk.ask(&log.advance(3, 5).to_string()).unwrap_err();
    assert_eq!(refused.answer(), (409, "text/x.tlog.size", "0\n".to_owned()));
    assert_eq!(desk.status(&log.advance(0, 12).to_string()), 200);
    for (old, new) in [(0, 12), (0, 20), (11, 20), (13, 20), (5, 8)] {
        let refused = desk.ask(&log.advance(old, new).to_string()).unwrap_err();
        assert_eq!(refused.answer(), (409, "text/x.tlog.size", "12\n".to_owned()), "{old} {new}");
    }
    assert_eq!(desk.status(&log.advance(12, 20).to_string()), 200);
}

#[test]
fn what_is_not_consistent_is_422() {
    for algorithm in Algorithm::ALL {
        let log = Log::grow(algorithm, SIZE);
        let fork = Log::of(algorithm, (0..SIZE).map(|place| if place == 2 { entry(77) } else { entry(place) }));
        let mut desk = Desk::of(&log);
        let empty_with =
            |root, proof| Advance { old: 0, proof, checkpoint: signed(&log, Head { size: 0, root }) }.to_string();
        let nothing = Head::empty(algorithm).root;
        assert_eq!(desk.status(&empty_with([0; 32], vec![])), 422, "an empty tree has one root");
        assert_eq!(desk.status(&empty_with(nothing, vec![[0; 32]])), 422);
        assert_eq!(desk.status(&empty_with(nothing, vec![])), 200);
        let needless = Advance { proof: vec![[0; 32]], ..log.advance(0, 5) };
        assert_eq!(desk.status(&needless.to_string()), 422, "nothing needs no proof");
        assert_eq!(desk.status(&log.advance(0, 5).to_string()), 200);

        assert_eq!(desk.status(&fork.advance(5, 5).to_string()), 422, "the same size, another root");
        let needless = Advance { proof: vec![[0; 32]], ..log.advance(5, 5) };
        assert_eq!(desk.status(&needless.to_string()), 422);
        for new in 6..=SIZE {
            assert_eq!(desk.status(&fork.advance(5, new).to_string()), 422, "another history up to {new}");
        }
        let refused = desk.ask(&fork.advance(5, 9).to_string()).unwrap_err();
        assert!(refused.answer().2.contains("only adds to the 5 entries seen here before"), "{refused}");
        assert_eq!(desk.status(&log.advance(5, SIZE).to_string()), 200);
    }
}

/// The two requests of the race in the specification: whichever comes second is checked against what the first left.
#[test]
fn nothing_is_rolled_back_by_a_race() {
    let log = Log::grow(Algorithm::Sha256, SIZE);
    let mut desk = Desk::of(&log);
    assert_eq!(desk.status(&log.advance(0, 4).to_string()), 200);
    let (shorter, longer) = (log.advance(4, 8).to_string(), log.advance(4, 16).to_string());
    assert_eq!((desk.status(&longer), desk.status(&shorter)), (200, 409));
    assert_eq!(desk.last, Some(log.kept.head(16)));
}

/// Two heads of one log, shown to two witnesses: each signs its own, and neither will follow the other's.
#[test]
fn two_histories_cannot_be_joined_again() {
    let log = Log::grow(Algorithm::Sha256, SIZE);
    let fork = Log::of(Algorithm::Sha256, (0..SIZE).map(|place| if place == 6 { entry(66) } else { entry(place) }));
    let (mut one, mut two) = (Desk::of(&log), Desk::of(&log));
    assert_eq!((one.status(&log.advance(0, 8).to_string()), two.status(&fork.advance(0, 8).to_string())), (200, 200));
    for new in 8..=SIZE {
        assert_eq!(one.status(&fork.advance(8, new).to_string()), 422);
        assert_eq!(two.status(&log.advance(8, new).to_string()), 422);
    }
}

/// The note that is kept for monitors has the log's own signature and the witness's, and no others.
#[test]
fn foreign_signatures_are_not_passed_on() {
    let log = Log::grow(Algorithm::Sha256, SIZE);
    let mut desk = Desk::of(&log);
    let mut advance = log.advance(0, 5);
    advance.checkpoint.sign(&Log::grow(Algorithm::Sm3, 0).key);
    let seen = desk.ask(&advance.to_string()).unwrap().note.to_string();
    assert_eq!(seen.lines().filter(|line| line.starts_with('—')).count(), 2, "{seen}");
    assert!(seen.contains("— example.com/log ") && seen.contains("— example.com/witness-1 "), "{seen}");
    assert_eq!(*desk.witness.verifier(), *witness_key(1).verifier());
}

/// The body of the example of the specification is read and written as it stands.
#[test]
fn the_example_of_the_specification_is_read() {
    let body = "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
        5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n\
        example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        — example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
    let read: Advance<Note> = body.parse().unwrap();
    assert_eq!((read.old, read.proof.len(), read.checkpoint.text().lines().count()), (20852014, 4, 3));
    assert_eq!(read.to_string(), body);
}

#[test]
fn monitors_find_a_log_by_the_hash_of_its_origin() {
    use sha2::Digest;
    let hash = hex::encode(sha2::Sha256::digest("example.com/log"));
    assert_eq!(monitoring_path("example.com/log"), format!("{hash}/checkpoint"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a log sends in whatever order, all that is ever cosigned lies on one history.
    #[test]
    fn what_is_cosigned_is_one_history(asked in prop::collection::vec((0..12_u64, 0..12_u64, 0..3_usize), 1..24)) {
        let histories = [12, 4, 8].map(|same| {
            let other = |place| if place < same { entry(place) } else { entry(100 * same + place) };
            Log::of(Algorithm::Sha256, (0..12).map(other))
        });
        let mut desk = Desk::of(&histories[0]);
        let mut seen: Vec<Head> = Vec::new();
        for (old, new, history) in asked {
            let Some(old) = Some(old).filter(|old| *old <= new) else { continue };
            if let Ok(cosigned) = desk.ask(&histories[history].advance(old, new).to_string()) {
                seen.push(cosigned.head);
            }
        }
        prop_assert!(seen.is_sorted_by_key(|head| head.size));
        let on = |kept: &Kept| seen.iter().all(|head| kept.head(head.size) == *head);
        prop_assert!(histories.iter().any(|history| on(&history.kept)));
    }
}

#[test]
fn a_policy_without_logs_admits_nobody() {
    let nobody: TrustPolicy = "quorum none\n".parse().unwrap();
    let witness = Witness::new(witness_key(1), nobody);
    let body = Log::grow(Algorithm::Sha256, 1).advance(0, 1).to_string();
    assert_eq!(witness.admit(&body).unwrap_err().answer().0, 404);
}
