//! Work on all cores whose result does not depend on how many there are.

use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    thread,
};

/// What `work` makes of each of `count` pieces, in their order.
pub fn each<R: Send>(count: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(count);
    if threads < 2 {
        return (0..count).map(work).collect();
    }
    // Pieces are taken in lots, so that small ones cost no more than their work and the last ones leave nobody idle.
    let lot = (count / (threads * 16)).max(1);
    let next = AtomicUsize::new(0);
    let take = || {
        let mut made = Vec::new();
        loop {
            let start = next.fetch_add(lot, Relaxed);
            if start >= count {
                return made;
            }
            made.push((start, (start..count.min(start + lot)).map(&work).collect::<Vec<R>>()));
        }
    };
    let mut lots: Vec<(usize, Vec<R>)> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(take)).collect();
        let mut lots = take();
        for other in others {
            lots.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        lots
    });
    lots.sort_unstable_by_key(|(start, _)| *start);
    lots.into_iter().flat_map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_in_their_order() {
        for count in [0, 1, 2, 31, 1_000] {
            assert_eq!(each(count, |piece| piece * 2), (0..count).map(|piece| piece * 2).collect::<Vec<_>>());
        }
    }
}
