//! Trust policies: whom they name, what they ask for, and which line of a wrong one is at fault.

use ledger::{Algorithm, BadPolicy, NotTrusted, Note, SigningKey, TrustPolicy, Witness};

use crate::{Log, witness_key};

/// A policy that knows the log, and so many witnesses by the names `1`, `2` and so on; then these lines.
fn policy(log: &Log, witnesses: u8, lines: &str) -> TrustPolicy {
    text(log, witnesses, lines).parse().unwrap()
}

fn text(log: &Log, witnesses: u8, lines: &str) -> String {
    let witness = |n| format!("witness {n} {}\n", witness_key(n).verifier());
    format!("log {}\n{}{lines}", log.key.verifier(), (1..=witnesses).map(witness).collect::<String>())
}

/// The checkpoint of all there is, cosigned by these witnesses at the time of their number.
fn cosigned(log: &Log, size: u64, witnesses: &[u8]) -> Note {
    let mut note = log.signed(size);
    let all = policy(log, 9, "quorum none\n");
    for &n in witnesses {
        let witness = Witness::new(witness_key(n), all.clone());
        let request = log.advance(0, size).to_string();
        let cosigned = witness.admit(&request).unwrap().cosign(None, n.into()).unwrap();
        assert_eq!(all.adopt(&mut note, &cosigned.answer), Ok(1));
    }
    note
}

fn holds(policy: &TrustPolicy, note: &Note) -> bool {
    match policy.check(note) {
        Ok(_) => true,
        Err(NotTrusted::TooFewWitnesses { .. }) => false,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn k_of_n_witnesses_are_enough() {
    let log = Log::grow(Algorithm::Sha256, 5);
    let two_of_three = policy(&log, 3, "group g 2 1 2 3\nquorum g\n");
    for (seen_by, enough) in [(&[][..], false), (&[2], false), (&[1, 3], true), (&[1, 2, 3], true), (&[1, 4, 5], false)]
    {
        assert_eq!(holds(&two_of_three, &cosigned(&log, 5, seen_by)), enough, "{seen_by:?}");
    }
    let trusted = two_of_three.check(&cosigned(&log, 5, &[3, 1])).map(|trusted| {
        assert_eq!(
            (&trusted.checkpoint, trusted.log, trusted.algorithm()),
            (&log.checkpoint(5), log.key.verifier(), Algorithm::Sha256)
        );
        trusted.cosignatures.iter().map(|seen| (seen.witness.name().to_owned(), seen.at)).collect::<Vec<_>>()
    });
    assert_eq!(trusted, Ok(vec![("example.com/witness-3".to_owned(), 3), ("example.com/witness-1".to_owned(), 1)]));
    assert_eq!(
        two_of_three.check(&cosigned(&log, 5, &[2])),
        Err(NotTrusted::TooFewWitnesses { cosigned: 1 }),
        "one more is asked for"
    );
}

/// The example of C2SP `tlog-policy`, section "Example policy": two of X1 to X3 (here 1 to 3) and any of Y1 to Y3 (4 to
/// 6).
#[test]
fn the_example_of_the_specification_is_followed() {
    let log = Log::grow(Algorithm::Sm3, 5);
    let lines = "group X-witnesses 2 1 2 3\n\ngroup Y-witnesses any 4 5 6\n# both\n\t\
                 group X-and-Y all X-witnesses  Y-witnesses \nquorum X-and-Y\n";
    let both = policy(&log, 6, lines);
    for (seen_by, enough) in [(&[1, 2][..], false), (&[4, 5, 6], false), (&[1, 4], false), (&[2, 3, 6], true)] {
        assert_eq!(holds(&both, &cosigned(&log, 5, seen_by)), enough, "{seen_by:?}");
    }
}

#[test]
fn a_single_witness_or_none_can_be_the_quorum() {
    let log = Log::grow(Algorithm::Sha256, 5);
    assert!(holds(&policy(&log, 2, "quorum none"), &cosigned(&log, 5, &[])));
    let second = policy(&log, 2, "quorum 2\n");
    assert!(!holds(&second, &cosigned(&log, 5, &[1])));
    assert!(holds(&second, &cosigned(&log, 5, &[2])));
}

#[test]
fn only_a_log_that_is_known_and_signed_is_believed() {
    let log = Log::grow(Algorithm::Sha256, 5);
    let none = |key: &SigningKey| format!("log {}\nquorum none\n", key.verifier()).parse::<TrustPolicy>().unwrap();
    let stranger = none(&SigningKey::ed25519("example.com/other", &[9; 32]).unwrap());
    assert_eq!(stranger.check(&log.signed(5)), Err(NotTrusted::UnknownLog { origin: "example.com/log".to_owned() }));
    let successor = none(&SigningKey::ed25519("example.com/log", &[9; 32]).unwrap());
    assert_eq!(
        successor.check(&log.signed(5)),
        Err(NotTrusted::NotSignedByLog { origin: "example.com/log".to_owned() })
    );
    // A log's key says nothing about another log.
    let mut foreign = Note::new(log.signed(5).text().replace("/log", "/gol")).unwrap();
    foreign.sign(&log.key);
    assert_eq!(none(&log.key).check(&foreign), Err(NotTrusted::UnknownLog { origin: "example.com/gol".to_owned() }));
    // Witnesses alone do not make a checkpoint.
    let unsigned: String = cosigned(&log, 5, &[1, 2]).to_string().replace("— example.com/log ", "— example.com/gol ");
    let both = policy(&log, 2, "group g all 1 2\nquorum g\n");
    assert!(matches!(both.check(&unsigned.parse().unwrap()), Err(NotTrusted::NotSignedByLog { .. })));
}

#[test]
fn a_forged_signature_is_no_missing_one() {
    let log = Log::grow(Algorithm::Sha256, 5);
    let any = policy(&log, 2, "group g any 1 2\nquorum g\n");
    let mut lines: Vec<String> = cosigned(&log, 5, &[1, 2]).to_string().lines().map(str::to_owned).collect();
    let other = cosigned(&log, 4, &[2]).to_string();
    *lines.last_mut().unwrap() = other.lines().last().unwrap().to_owned();
    let forged: Note = (lines.join("\n") + "\n").parse().unwrap();
    let Err(NotTrusted::BadSignature(bad)) = any.check(&forged) else { panic!("the forgery was not seen") };
    assert_eq!(bad.name, "example.com/witness-2");
}

#[test]
fn an_answer_is_adopted_whole_or_not_at_all() {
    let log = Log::grow(Algorithm::Sha256, 5);
    let two = policy(&log, 2, "quorum none\n");
    let lines =
        |size, witnesses: &[u8]| cosigned(&log, size, witnesses).to_string().rsplit_once("\n\n").unwrap().1.to_owned();
    let mut note = log.signed(5);
    assert_eq!(two.adopt(&mut note, &lines(5, &[1, 7])), Ok(1), "the log itself and unknown witnesses are passed over");
    assert_eq!(note.verify(&[witness_key(1).verifier()]).unwrap()[0].at, Some(1));
    let before = note.clone();
    assert!(matches!(two.adopt(&mut note, &lines(4, &[2])), Err(NotTrusted::BadSignature(_))));
    assert!(matches!(two.adopt(&mut note, "no signature\n"), Err(NotTrusted::Malformed(_))));
    assert!(matches!(two.adopt(&mut note, ""), Err(NotTrusted::Malformed(_))));
    assert_eq!(note, before);
}

#[test]
fn a_policy_tells_whom_to_ask_and_where() {
    let log = Log::grow(Algorithm::Sha256, 0);
    let lines = format!("witness w {} https://witness.example.com\nquorum w\n", witness_key(1).verifier());
    let policy = policy(&log, 0, &lines);
    assert_eq!((policy.logs()[0].key.name(), policy.logs()[0].url.as_deref()), ("example.com/log", None));
    let witness = &policy.witnesses()[0];
    assert_eq!(
        (witness.key.name(), witness.url.as_deref()),
        ("example.com/witness-1", Some("https://witness.example.com"))
    );
}

#[test]
fn a_wrong_line_is_named() {
    let log = Log::grow(Algorithm::Sha256, 0);
    let refused = |lines: &str| text(&log, 2, lines).parse::<TrustPolicy>().unwrap_err();
    let sm2 = SigningKey::sm2("example.com/log", &[5; 32]).unwrap();
    let witness = witness_key(1);
    // The same key under another name.
    let alias = ledger::CosigningKey::new("example.com/alias", &[101; 32]).unwrap();
    for (lines, line, why) in [
        ("", 4, "there is no line «quorum»"),
        ("quorum none\nquorum none\n", 5, "there is a line «quorum» already"),
        ("quorum 3\n", 4, "the quorum is named on no line before it"),
        (
            "quorum 1 2\n",
            4,
            "it is none of «log KEY [URL]», «witness NAME KEY [URL]», «group NAME all|any|NUMBER NAME...», «quorum NAME»",
        ),
        ("group g 3 1 2\n", 4, "a group needs at least one of its members, and no more than it has"),
        ("group g 0 1 2\n", 4, "a group needs at least one of its members, and no more than it has"),
        ("group g any\n", 4, "a group needs at least one of its members, and no more than it has"),
        ("group g all\n", 4, "a group needs at least one of its members, and no more than it has"),
        ("group g most 1 2\n", 4, "what a group needs is «all», «any» or a number"),
        ("group g 1 1 3\n", 4, "a member is named on no line before it"),
        ("group g 1 1 g\n", 4, "a member is named on no line before it"),
        ("group g 2 1 1\n", 4, "a member is in a group already"),
        ("group g 1 1\ngroup h 1 g 1\n", 5, "a member is in a group already"),
        ("group 1 1 2\n", 4, "the name is taken already"),
        ("group none 1 2\n", 4, "the name is taken already"),
        ("quorum none\r\n", 4, "it has a control character in it; lines end with a line feed alone"),
        (&format!("log {}\n", log.key.verifier()), 4, "the same public key is on a line before it"),
        (&format!("log {}\n", witness.verifier()), 4, "the key is that of a witness, not of a log"),
        (
            &format!("log {}\n", sm2.verifier()),
            4,
            "another key of this log is for the tree of another hash function, which is another log",
        ),
        (&format!("witness 3 {}\n", alias.verifier()), 4, "the same public key is on a line before it"),
        (&format!("witness 3 {}\n", sm2.verifier()), 4, "the key is not that of a witness"),
        ("witness 3 example.com\n", 4, "it is not of the form name+id+key"),
    ] {
        assert_eq!(refused(lines), BadPolicy { line, why }, "{lines}");
    }
    assert_eq!(
        refused("quorum 3\n").to_string(),
        "Line 4 of the trust policy: the quorum is named on no line before it. Correct the file; until then nothing can be \
         checked with it."
    );
}
