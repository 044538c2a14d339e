//! Checkpoints: the example of the specification, and the same reading as `tlog_tiles`.

use ledger::{Checkpoint, Note};
use proptest::prelude::*;

/// The example of C2SP `tlog-cosignature`.
const EXAMPLE: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
    — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

fn refused(text: &str) -> &'static str {
    text.parse::<Checkpoint>().unwrap_err().why
}

#[test]
fn the_example_of_the_specification_is_read() {
    let note: Note = EXAMPLE.parse().unwrap();
    let checkpoint: Checkpoint = note.text().parse().unwrap();
    assert_eq!((checkpoint.origin.as_str(), checkpoint.head.size), ("example.com/behind-the-sofa", 20852163));
    assert_eq!(hex::encode(checkpoint.head.root), "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
    assert_eq!((checkpoint.to_string().as_str(), note.to_string().as_str()), (note.text(), EXAMPLE));
}

#[test]
fn extension_lines_are_read_over_but_not_lost() {
    let note: Note = EXAMPLE.replace("2I=\n\n", "2I=\nan extension\nanother\n\n").parse().unwrap();
    assert_eq!(note.text().parse::<Checkpoint>().unwrap().head.size, 20852163);
    assert!(note.to_string().contains("\nan extension\nanother\n\n—"));
}

#[test]
fn what_is_no_checkpoint_is_refused() {
    let text = EXAMPLE.split_inclusive('\n').take(3).collect::<String>();
    assert!(text.parse::<Checkpoint>().is_ok());
    assert_eq!(refused(&text[..text.len() - 1]), "it does not end with a line feed");
    assert_eq!(refused("origin\n5\n"), "it has fewer than three lines");
    for empty in [text.replace("example.com/behind-the-sofa", ""), format!("{text}\n"), format!("{text}a\n\nb\n")] {
        assert_eq!(refused(&empty), "it has an empty line");
    }
    for size in ["020852163", "+20852163", "-1", "2.0", "٣", "18446744073709551616", "00"] {
        assert_eq!(refused(&text.replace("20852163", size)), "its second line is not a number of entries");
    }
    for root in ["CsUY", "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I", "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J="]
    {
        let changed = text.replace("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", root);
        assert_eq!(refused(&changed), "its third line is not the base64 of a root hash");
    }
}

proptest! {
    /// Whatever one side reads, the other reads, and as the same.
    #[test]
    fn both_sides_read_any_checkpoint_alike(
        at in any::<prop::sample::Index>(), cut in 0..3_usize, put in "[—\n +=/a-c0-9]{0,3}", size in any::<u64>(),
    ) {
        let whole = format!("example.com/log\n{size}\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\next\n");
        let at = at.index(whole.len());
        let changed = format!("{}{put}{}", &whole[..at], &whole[(at + cut).min(whole.len())..]);
        let ours = changed.parse::<Checkpoint>();
        let theirs = tlog_tiles::Checkpoint::from_bytes(changed.as_bytes());
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?} {:?}", changed, ours);
        if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
            prop_assert_eq!((ours.origin.as_str(), ours.head.size), (theirs.origin(), theirs.size()));
            prop_assert_eq!(ours.head.root, theirs.hash().0);
        }
    }
}
