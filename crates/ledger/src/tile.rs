//! The tree and its entries in pieces of 256, under paths that never change their content, so that anyone can fetch and
//! keep them (C2SP `tlog-tiles`).

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::hash::Hash;
use crate::text::{Malformed, number};
use crate::tree::{Coordinate, MissingNode};

/// How many hashes, or entries, a full tile has.
const FULL: u16 = 256;

/// The levels of the tree that one tile covers.
const HEIGHT: u8 = 8;

/// Up to 256 neighbouring nodes of one level of the tree, of which every eighth is cut into tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

/// What a log serves in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Hashes, at `tile/<level>/<index>`: see [`Tile::hashes`].
    Hashes(Tile),
    /// The entries under a tile of level 0, at `tile/entries/<index>`: see [`entry_bytes`]. `tlog-tiles` calls them a
    /// bundle.
    Entries(Tile),
}

impl Tile {
    /// The tile of this level, from 0 to 7, at this place from the left, with this many hashes, from 1 to 256. None for
    /// others: a tree whose size has 64 bits has none of a higher level.
    pub fn new(level: u8, index: u64, width: u16) -> Option<Self> {
        let exists = level < 8 && (1..=FULL).contains(&width) && index < u64::MAX / u64::from(FULL);
        exists.then_some(Self { level, index, width })
    }

    /// The level in the tree of the nodes whose hashes the tile has.
    pub fn node_level(&self) -> u8 {
        self.level * HEIGHT
    }

    /// The places of those nodes on their level; of a tile of level 0, the places of the entries.
    pub fn places(&self) -> Range<u64> {
        let start = self.index * u64::from(FULL);
        start..start + u64::from(self.width)
    }

    /// Whether a tree of `size` entries has all of it.
    pub fn is_within(&self, size: u64) -> bool {
        self.places().end <= size >> self.node_level()
    }

    /// The bytes of the tile: its hashes, one after the other.
    ///
    /// # Errors
    ///
    /// [`MissingNode`] when `lookup` lacks one of them.
    pub fn hashes(&self, lookup: impl Fn(Coordinate) -> Option<Hash>) -> Result<Vec<u8>, MissingNode> {
        let nodes = self.places().map(|index| Coordinate { level: self.node_level(), index });
        let hashes = nodes.map(|node| lookup(node).ok_or(MissingNode(node))).collect::<Result<Vec<_>, _>>()?;
        Ok(hashes.concat())
    }
}

/// An entry that the format cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "An entry of {length} bytes is too long for the ledger, which publishes at most 65535: record it in parts, or by \
     its digest."
)]
pub struct TooLong {
    /// How long it is, in bytes.
    pub length: usize,
}

/// The bytes of one of the [`Piece::Entries`], which are one after the other: a length of two bytes, and the entry.
///
/// # Errors
///
/// [`TooLong`] for an entry of more than 65,535 bytes.
pub fn entry_bytes(entry: &[u8]) -> Result<Vec<u8>, TooLong> {
    let length = u16::try_from(entry.len()).map_err(|_| TooLong { length: entry.len() })?;
    Ok([&length.to_be_bytes()[..], entry].concat())
}

impl FromStr for Piece {
    type Err = Malformed;

    fn from_str(path: &str) -> Result<Self, Malformed> {
        let piece = parse(path).filter(|piece| piece.to_string() == path);
        piece.ok_or(Malformed { what: "the path of a tile", why: "it is not of the form tile/0/x001/234.p/5" })
    }
}

/// Reads every right path, and a few wrong ones, which are not written the same.
fn parse(path: &str) -> Option<Piece> {
    let (level, place) = path.strip_prefix("tile/")?.split_once('/')?;
    let (place, width) = match place.split_once(".p/") {
        Some((place, width)) => (place, u16::try_from(number(width)?).ok()?),
        None => (place, FULL),
    };
    let digits = |part: &str| part.trim_start_matches('x').parse::<u64>().ok();
    let index = place.split('/').try_fold(0_u64, |index, part| index.checked_mul(1000)?.checked_add(digits(part)?))?;
    match level {
        "entries" => Tile::new(0, index, width).map(Piece::Entries),
        level => Tile::new(u8::try_from(number(level)?).ok()?, index, width).map(Piece::Hashes),
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tile = match self {
            Self::Hashes(tile) => {
                write!(out, "tile/{}/", tile.level)?;
                tile
            }
            Self::Entries(tile) => {
                write!(out, "tile/entries/")?;
                tile
            }
        };
        write_index(out, tile.index)?;
        if tile.width < FULL { write!(out, ".p/{}", tile.width) } else { Ok(()) }
    }
}

/// Three digits an element; all but the last begin with an `x`, so that no file is in the way of a folder.
fn write_index(out: &mut fmt::Formatter<'_>, index: u64) -> fmt::Result {
    let (folders, file) = (index / 1000, index % 1000);
    if folders > 0 {
        write_folders(out, folders)?;
    }
    write!(out, "{file:03}")
}

fn write_folders(out: &mut fmt::Formatter<'_>, folders: u64) -> fmt::Result {
    if folders >= 1000 {
        write_folders(out, folders / 1000)?;
    }
    write!(out, "x{:03}/", folders % 1000)
}
