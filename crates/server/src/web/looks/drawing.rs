//! Where everybody stands in the drawing of a network: the person in the middle, the others on rings by how many steps they are
//! away, each family in a sector of its own. The same network is always drawn the same.

use std::f64::consts::{PI, TAU};

/// From one ring to the next, at least.
const RING: f64 = 120.0;
/// Along a ring from one to the next, at least.
const APART: f64 = 24.0;
/// Room for the words outside the last ring.
const MARGIN: f64 = 150.0;
/// From how many on words stand along the rays: side by side they would cover each other.
const CROWD: usize = 14;

/// Where one of them stands, in the units of the drawing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// To the right.
    pub x: i32,
    /// Downwards.
    pub y: i32,
    /// Where their words begin.
    pub text_x: i32,
    /// The line the words stand on.
    pub text_y: i32,
    /// By how many degrees the words are turned.
    pub turn: i32,
    /// `start`, `middle` or `end`: which part of the words is at that place.
    pub anchor: &'static str,
}

/// A drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Half its width and height: the middle is at 0.
    pub half: i32,
    /// The rings.
    pub rings: Vec<i32>,
    /// A place for each.
    pub places: Vec<Place>,
}

/// Lay out who hangs on whom: the first is in the middle, and whoever hangs on nobody else is as well.
pub fn lay_out(hang_on: &[Option<usize>], distances: &[usize]) -> Layout {
    let count = hang_on.len();
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (place, on) in hang_on.iter().enumerate() {
        below[on.unwrap_or(0)].extend((place > 0).then_some(place));
    }
    let mut inwards: Vec<usize> = (0..count).collect();
    inwards.sort_by_key(|place| (std::cmp::Reverse(distances[*place]), *place));
    let mut widths = vec![0_usize; count];
    for place in &inwards {
        widths[*place] = below[*place].iter().map(|below| widths[*below]).sum::<usize>().max(1);
    }
    let deepest = distances.iter().copied().max().unwrap_or(0);
    let ring = widths.first().map_or(RING, |all| RING.max(*all as f64 * APART / TAU));
    let mut sectors = vec![(0.0, TAU); count];
    let mut angles = vec![0.0; count];
    for place in inwards.iter().rev() {
        let (from, to) = sectors[*place];
        angles[*place] = (from + to) / 2.0;
        let each = (to - from) / widths[*place] as f64;
        let mut next = from;
        for below in &below[*place] {
            let end = next + each * widths[*below] as f64;
            sectors[*below] = (next, end);
            next = end;
        }
    }
    let crowded = widths.first().is_some_and(|all| *all > CROWD);
    let place = |place: usize| at(angles[place], distances[place] as f64 * ring, crowded);
    Layout {
        half: whole(ring * deepest as f64 + MARGIN),
        rings: (1..=deepest).map(|number| whole(ring * number as f64)).collect(),
        places: (0..count).map(place).collect(),
    }
}

/// The angle counts from the top, with the clock.
fn at(angle: f64, radius: f64, crowded: bool) -> Place {
    let (x, y) = (whole(radius * angle.sin()), whole(-radius * angle.cos()));
    let right = angle <= PI;
    if radius < 1.0 || !crowded {
        return Place { x, y, text_x: x, text_y: y + 28, turn: 0, anchor: "middle" };
    }
    let turn = whole(angle.to_degrees()) - if right { 90 } else { 270 };
    let (text_x, anchor) = if right { (x + 14, "start") } else { (x - 14, "end") };
    Place { x, y, text_x, text_y: y + 4, turn, anchor }
}

fn whole(value: f64) -> i32 {
    value.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_lie_together_on_rings_by_distance() {
        // 1 and 2 hang on the middle; 3, 4 and 5 on 1; 6 on 2.
        let on = [None, Some(0), Some(0), Some(1), Some(1), Some(1), Some(2)];
        let distances = [0, 1, 1, 2, 2, 2, 2];
        let drawn = lay_out(&on, &distances);
        assert_eq!(drawn, lay_out(&on, &distances), "always the same");
        assert_eq!((drawn.places[0].x, drawn.places[0].y), (0, 0));
        let radius = |place: usize| f64::from(drawn.places[place].x).hypot(f64::from(drawn.places[place].y));
        for (place, distance) in distances.iter().enumerate() {
            assert!((radius(place) - *distance as f64 * f64::from(drawn.rings[0])).abs() < 2.0, "{place}");
        }
        let places: std::collections::BTreeSet<(i32, i32)> =
            drawn.places.iter().map(|place| (place.x, place.y)).collect();
        assert_eq!(places.len(), on.len(), "nobody stands on another");
        // Three of four parts of the circle are the first family's: they begin at the top, with the clock.
        assert!(drawn.places[3].x > 0 && drawn.places[5].y > 0 && drawn.places[6].x < 0);
    }

    #[test]
    fn a_crowd_has_room() {
        let count = 150;
        let on: Vec<Option<usize>> = (0..count).map(|place| (place > 0).then_some(0)).collect();
        let distances: Vec<usize> = (0..count).map(|place| usize::from(place > 0)).collect();
        let drawn = lay_out(&on, &distances);
        let near = |one: &Place, other: &Place| (one.x - other.x).abs() < 12 && (one.y - other.y).abs() < 12;
        let others = |place: usize| drawn.places[place + 1..].iter();
        assert!((0..count).all(|place| others(place).all(|other| !near(&drawn.places[place], other))));
        assert!(drawn.places.iter().all(|place| place.x.abs() < drawn.half && place.y.abs() < drawn.half));
        assert_eq!(lay_out(&[None], &[0]).places.len(), 1);
    }
}
