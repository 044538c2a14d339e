//! Tiles: the examples of the specification, and the same bytes under the same paths as `tlog_tiles`.

use ledger::{Algorithm, Coordinate, MissingNode, Piece, Tile, TooLong, entry_bytes};
use proptest::prelude::*;

use crate::{Kept, entry};

/// The widths of the tiles that a tree of this size has on one level: how many full ones, and of the last if it is
/// partial.
fn tiles(level: u8, size: u64) -> (usize, Option<u16>) {
    let is_there = |index, width| Tile::new(level, index, width).unwrap().is_within(size);
    let full = (0..).take_while(|index| is_there(*index, 256)).count();
    (full, (1..256).rev().find(|width| is_there(full as u64, *width)))
}

/// The examples of C2SP `tlog-tiles`, section "Partial Tiles".
#[test]
fn a_tree_has_the_tiles_of_the_specification() {
    assert_eq!(tiles(0, 70_000), (273, Some(112)));
    assert_eq!(tiles(1, 70_000), (1, Some(17)));
    assert_eq!(tiles(2, 70_000), (0, Some(1)));
    assert_eq!(tiles(3, 70_000), (0, None));
    assert_eq!((tiles(0, 256), tiles(1, 256)), ((1, None), (0, Some(1))));
    assert_eq!((tiles(0, 0), tiles(1, 255)), ((0, None), (0, None)));
}

#[test]
fn paths_are_those_of_the_specification() {
    let path = |level, index, width| Piece::Hashes(Tile::new(level, index, width).unwrap()).to_string();
    assert_eq!(path(0, 1_234_067, 256), "tile/0/x001/x234/067");
    assert_eq!(path(7, 0, 5), "tile/7/000.p/5");
    assert_eq!(path(0, 1000, 255), "tile/0/x001/000.p/255");
    assert_eq!(Piece::Entries(Tile::new(0, 999, 1).unwrap()).to_string(), "tile/entries/999.p/1");
}

#[test]
fn other_paths_lead_nowhere() {
    for path in [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/x001",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/x01/000",
        "tile/00/000",
        "tile/8/000",
        "tile/63/000",
        "tile/256/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/05",
        "tile/0/000.p/",
        "tile/0/000.p/1/000",
        "tile/0/000.p",
        "tile/0/+01",
        "tile/0/000/",
        "/tile/0/000",
        "tile/data/000",
        "tile/entries/entries/000",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        "tile/0/٠٠٠",
    ] {
        assert!(path.parse::<Piece>().is_err(), "{path}");
    }
    assert!(Tile::new(8, 0, 1).is_none() && Tile::new(0, 0, 0).is_none() && Tile::new(0, 0, 257).is_none());
    let largest = Tile::new(0, u64::MAX / 256 - 1, 256).unwrap();
    assert_eq!((largest.places().end, largest.is_within(u64::MAX)), (u64::MAX - 255, true));
    assert!(Tile::new(0, u64::MAX / 256, 1).is_none());
}

#[test]
fn tiles_have_the_bytes_of_the_oracle() {
    const SIZE: u64 = 70_000;
    let kept = Kept::grow(Algorithm::Sha256, (0..SIZE).map(entry));
    let mut compared = 0;
    for theirs in tlog_tiles::Tile::new_tiles(8, 0, SIZE) {
        let width = theirs.width() as u16;
        let ours = Tile::new(theirs.level(), theirs.level_index(), width).unwrap();
        assert!(ours.is_within(SIZE));
        assert_eq!(Piece::Hashes(ours).to_string(), theirs.path().replacen("tile/8/", "tile/", 1));
        assert_eq!(ours.hashes(|node| kept.hash(node)).unwrap(), theirs.read_data(&kept).unwrap());
        compared += 1;
    }
    assert_eq!(compared, 273 + 1 + 1 + 1 + 1);
    let beyond = Tile::new(2, 0, 2).unwrap();
    assert!(!beyond.is_within(SIZE));
    assert_eq!(beyond.hashes(|node| kept.hash(node)), Err(MissingNode(Coordinate { level: 16, index: 1 })));
}

/// Each entry has its length before it, and hashes to its place in the tile of level 0 above it.
#[test]
fn entries_can_be_parted_again() {
    let kept = Kept::grow(Algorithm::Sha256, (0..300).map(entry));
    let Ok(Piece::Entries(tile)) = "tile/entries/001.p/44".parse() else { panic!("a path of entries") };
    assert_eq!((tile.places(), tile.is_within(300), tile.is_within(299)), (256..300, true, false));
    let mut bytes = tile.places().flat_map(|place| entry_bytes(&entry(place)).unwrap()).collect::<Vec<_>>();
    for index in tile.places() {
        let length = usize::from(u16::from_be_bytes([bytes[0], bytes[1]]));
        let rest = bytes.split_off(2 + length);
        let leaf = Algorithm::Sha256.leaf_hash(&bytes[2..]);
        assert_eq!(Some(leaf), kept.hash(Coordinate { level: 0, index }));
        bytes = rest;
    }
    assert!(bytes.is_empty());
}

#[test]
fn an_entry_that_cannot_be_published_is_refused() {
    assert_eq!(entry_bytes(&[7; 65_535]).unwrap().len(), 65_537);
    assert_eq!(entry_bytes(&[7; 65_536]), Err(TooLong { length: 65_536 }));
    assert_eq!(entry_bytes(b""), Ok(vec![0, 0]));
}

proptest! {
    #[test]
    fn paths_read_back_and_agree(
        level in 0..8_u8, index in 0..u64::MAX / 256, width in 1..=256_u16, entries in any::<bool>(),
    ) {
        let tile = Tile::new(level, index, width).unwrap();
        let piece = if entries { Piece::Entries(Tile::new(0, index, width).unwrap()) } else { Piece::Hashes(tile) };
        prop_assert_eq!(piece.to_string().parse(), Ok(piece));
        let theirs = tlog_tiles::Tile::new(8, level, index, width.into(), false).path();
        prop_assert_eq!(Piece::Hashes(tile).to_string(), theirs.replacen("tile/8/", "tile/", 1));
    }

    /// Whatever path one side takes, the other takes.
    #[test]
    fn both_sides_read_any_path_alike(path in "[0-8]/(x?[0-9]{1,4}/){0,4}[0-9]{2,4}(\\.p/(0?[1-9][0-9]{0,2})?)?") {
        let ours = format!("tile/{path}").parse::<Piece>();
        // The oracle also takes levels that no tree reaches. A width of 0 is left out: it panics on it.
        let theirs = tlog_tiles::Tile::from_path(&format!("tile/8/{path}")).ok().filter(|tile| tile.level() < 8);
        prop_assert_eq!(ours.is_ok(), theirs.is_some(), "{:?} {:?}", ours, theirs);
    }
}
