//! Signed notes: read and written as `signed_note` does, and condemned by one bad signature.

use ledger::{BadSignature, Malformed, Note, SigningKey, VerifierKey};
use proptest::prelude::*;
use signed_note::{Note as TheirNote, Signer, StandardSigner, StandardVerifier, VerifierList};

/// The example of C2SP `signed-note`, section "Verifier keys".
const EXAMPLE_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE: &str = "This is an example message.\n\n\
    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

/// Its first example, whose text has an empty line in it.
const TWO_PARAGRAPHS: &str = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n\
    — quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

fn signed(text: &str, keys: &[&SigningKey]) -> Note {
    let mut note = Note::new(text.to_owned()).unwrap();
    keys.iter().for_each(|key| note.sign(key));
    note
}

fn refused(note: &str) -> &'static str {
    note.parse::<Note>().unwrap_err().why
}

#[test]
fn the_example_of_the_specification_holds() {
    let key: VerifierKey = EXAMPLE_KEY.parse().unwrap();
    let note: Note = EXAMPLE.parse().unwrap();
    assert_eq!(note.text(), "This is an example message.\n");
    let held = note.verify(&[&key]).unwrap();
    assert_eq!((held.len(), held[0].key, held[0].at), (1, &key, None));
    assert_eq!((key.to_string(), note.to_string()), (EXAMPLE_KEY.to_owned(), EXAMPLE.to_owned()));
}

#[test]
fn the_last_empty_line_parts_text_and_signatures() {
    let note: Note = TWO_PARAGRAPHS.parse().unwrap();
    assert!(note.text().ends_with("sole:\n\ned è subito sera.\n"));
    assert_eq!(note.to_string(), TWO_PARAGRAPHS);
}

#[test]
fn a_bad_signature_by_a_known_key_condemns_the_note() {
    let [one, two] = [SigningKey::ed25519("one", &[1; 32]).unwrap(), SigningKey::sm2("two", &[2; 32]).unwrap()];
    let known = [one.verifier(), two.verifier()];
    let note = signed("text\n", &[&one, &two]);
    let names = |note: &Note| {
        note.verify(&known).map(|held| held.iter().map(|signed| signed.key.name().to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(names(&note), Ok(vec!["one".to_owned(), "two".to_owned()]));
    assert_eq!(note.verify(&[two.verifier()]).unwrap().len(), 1, "signatures by others say nothing");
    assert_eq!(note.verify(&[]), Ok(vec![]));

    let of_other_text = note.to_string().replacen("text", "test", 1).parse::<Note>().unwrap();
    assert_eq!(names(&of_other_text), Err(BadSignature { name: "one".to_owned() }));
    // A line that only says it is by `two`.
    let (id, line) = (two.verifier().id().to_be_bytes(), signed("other\n", &[&two]).to_string());
    let borrowed = format!("{}{}\n", signed("text\n", &[&one]), line.lines().last().unwrap());
    assert_eq!(names(&borrowed.parse().unwrap()), Err(BadSignature { name: "two".to_owned() }));
    // The same name with another id is somebody else, and so is the same id with another name.
    let namesake = SigningKey::sm2("two", &[3; 32]).unwrap();
    assert_ne!(namesake.verifier().id().to_be_bytes(), id);
    assert_eq!(names(&signed("text\n", &[&one, &namesake])), Ok(vec!["one".to_owned()]));
    assert_eq!(names(&note.to_string().replace("— two", "— too").parse().unwrap()), Ok(vec!["one".to_owned()]));
}

#[test]
fn a_key_counts_once() {
    let key = SigningKey::ed25519("one", &[1; 32]).unwrap();
    let mut note = signed("text\n", &[&key, &key]);
    assert_eq!(note.to_string().lines().count(), 3);
    let line = note.to_string().lines().last().unwrap().to_owned();
    note = format!("{note}{line}\n{line}\n").parse().unwrap();
    assert_eq!(note.verify(&[key.verifier(), key.verifier()]).unwrap().len(), 1);
}

#[test]
fn what_is_no_note_is_refused() {
    assert_eq!(refused(""), "no empty line parts text and signatures");
    assert_eq!(refused("text\n"), "no empty line parts text and signatures");
    assert_eq!(refused(EXAMPLE.trim_end()), "it does not end with a line feed");
    assert_eq!(refused(&EXAMPLE.replace("an", "\r")), "the text has a control character in it");
    let line = "a signature line is not of the form «— name base64»";
    for (from, to) in [
        ("— ", "- "),
        ("foo ", "foo  "),
        (" Uw2", "+ Uw2"),
        ("QM=", "QM"),
        ("QM=", "QN="),
        ("Uw2QO", "Uw2Q\u{1}"),
        ("example.com/foo ", " "),
        ("Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=", "Uw2QOg=="),
        ("\n\n—", "\n\n\n—"),
    ] {
        let changed = EXAMPLE.replace(from, to);
        let same = changed.parse::<Note>().is_ok_and(|note| note.text() == "This is an example message.\n\n");
        assert!(same || refused(&changed) == line, "{from:?} -> {to:?}");
    }
    assert_eq!(Note::new("text".to_owned()).unwrap_err().why, "the text does not end with a line feed");
    let sentence = Malformed { what: "a signed note", why: "it ends too soon" }.to_string();
    assert!(sentence.starts_with("This is not a signed note: it ends too soon. Copy or fetch it again"), "{sentence}");
}

#[test]
fn a_hundred_signatures_are_read_and_no_more() {
    let line = EXAMPLE.lines().last().unwrap();
    let of = |count: usize| format!("text\n\n{}", format!("{line}\n").repeat(count));
    assert!(of(16).parse::<Note>().is_ok(), "what every reader must accept");
    assert!(of(100).parse::<Note>().is_ok());
    assert_eq!(refused(&of(101)), "it has more than 100 signatures");
}

proptest! {
    /// What we sign, they accept, byte for byte; and the other way round.
    #[test]
    fn notes_pass_between_the_two(
        text in "[^\\x00-\\x1f]{0,40}(\n[^\\x00-\\x1f]{0,20}){0,4}\n", secret in any::<[u8; 32]>(),
    ) {
        let key = SigningKey::ed25519("example.com/key", &secret).unwrap();
        let ours = signed(&text, &[&key]).to_string();
        let verifier = StandardVerifier::new(&key.verifier().to_string()).unwrap();
        let theirs = TheirNote::from_bytes(ours.as_bytes()).unwrap();
        theirs.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
        prop_assert_eq!(theirs.text(), text.as_bytes());

        let signer = StandardSigner::new(&key.to_secret_text()).unwrap();
        let mut theirs = TheirNote::new(text.as_bytes(), &[]).unwrap();
        theirs.add_sigs(&[&signer as &dyn Signer]).unwrap();
        prop_assert_eq!(String::from_utf8(theirs.to_bytes()).unwrap(), ours);
    }

    /// Whatever one side reads, the other reads, and writes again as it was.
    #[test]
    fn both_sides_read_any_note_alike(
        at in any::<prop::sample::Index>(), cut in 0..3_usize, put in "[—\n +=/a-cA\\x00 \u{3000}]{0,3}",
        two in any::<bool>(),
    ) {
        let whole: Vec<char> = if two { TWO_PARAGRAPHS } else { EXAMPLE }.chars().collect();
        let at = at.index(whole.len());
        let rest = &whole[(at + cut).min(whole.len())..];
        let changed: String = whole[..at].iter().copied().chain(put.chars()).chain(rest.iter().copied()).collect();
        let ours = changed.parse::<Note>();
        let theirs = TheirNote::from_bytes(changed.as_bytes());
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?}", ours);
        if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
            prop_assert_eq!(ours.text().as_bytes(), theirs.text());
            prop_assert_eq!(ours.to_string(), changed);
        }
    }
}
