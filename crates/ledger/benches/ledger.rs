//! How near the tree comes to its limit, the hash function: each benchmark does the same hashing once more with the
//! bare digest, in turn with it, and the share of the limit is printed after it. What signing and checking costs is at
//! the end.

use std::cell::RefCell;
use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::{Measurement, WallTime};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ledger::{
    Advance, Algorithm, Bundle, Checkpoint, Coordinate, CosigningKey, Frontier, Hash, Head, SigningKey, TrustPolicy,
    Witness, prove_consistency, prove_inclusion, sign_checkpoint, verify_consistency, verify_inclusion,
};
use sha2::{Digest, Sha256};
use sm3::Sm3;

/// How long an entry is: about what an act of the product writes.
const LENGTH: usize = 600;

/// How many entries are appended to an empty tree at a time.
const BATCH: u64 = 4096;

/// The size of the tree in which something is proven.
const LARGE: u64 = 1 << 20;

/// Hashes bytes that lie ready, by the library alone.
fn bare(algorithm: Algorithm, bytes: &[u8]) -> Hash {
    match algorithm {
        Algorithm::Sha256 => Sha256::digest(bytes).into(),
        Algorithm::Sm3 => Sm3::digest(bytes).into(),
    }
}

/// Hashes so many times what an inner node is made of. Each waits for the one before, as it does on the way to a root.
fn bare_way(algorithm: Algorithm, nodes: usize) -> Hash {
    let mut bytes = [1; 65];
    for _ in 0..nodes {
        let hash = bare(algorithm, black_box(&bytes));
        bytes[33..].copy_from_slice(&hash);
    }
    bytes[33..].try_into().expect("a hash is 32 bytes")
}

/// Both in turn, so that whatever else the machine does slows both alike, and of all turns the median share, so that it
/// does not matter when it stands still during one. Criterion gets the time of the first.
#[derive(Default)]
struct Race(RefCell<Vec<f64>>);

impl Race {
    fn run<T, U>(&self, times: u64, ours: impl FnMut() -> T, bare: impl FnMut() -> U) -> Duration {
        fn lap<T>(times: u64, mut work: impl FnMut() -> T) -> Duration {
            let start = WallTime.start();
            (0..times).for_each(|_| drop(black_box(work())));
            WallTime.end(start)
        }
        let (ours, bare) = (lap(times, ours), lap(times, bare));
        self.0.borrow_mut().push(bare.as_secs_f64() / ours.as_secs_f64());
        ours
    }

    fn tell(self, what: &str) {
        let mut shares = self.0.into_inner();
        shares.sort_by(f64::total_cmp);
        if let Some(median) = shares.get(shares.len() / 2) {
            println!("{what}: {:.1} % of the speed of the bare hash function\n", median * 100.0);
        }
    }
}

fn append(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("append");
    group.throughput(Throughput::Elements(BATCH));
    let entry = [b'x'; LENGTH];
    let leaf = [b'x'; 1 + LENGTH];
    for algorithm in Algorithm::ALL {
        let race = Race::default();
        let ours = || {
            let mut frontier = Frontier::new(algorithm);
            for _ in 0..BATCH {
                black_box(frontier.push(algorithm.leaf_hash(black_box(&entry))));
            }
            frontier.root()
        };
        // A tree of 2^k entries has one inner node less than entries.
        let bare = || {
            (0..BATCH).for_each(|_| _ = black_box(bare(algorithm, black_box(&leaf))));
            bare_way(algorithm, BATCH as usize - 1)
        };
        group.bench_function(BenchmarkId::from_parameter(format!("{algorithm:?}")), |bencher| {
            bencher.iter_custom(|times| race.run(times, ours, bare));
        });
        race.tell(&format!("append under {algorithm:?}"));
    }
}

/// A tree of [`LARGE`] entries that are all the same, so that one hash for each level is all of it.
struct Same {
    algorithm: Algorithm,
    levels: Vec<Hash>,
}

impl Same {
    fn new(algorithm: Algorithm) -> Self {
        let mut frontier = Frontier::new(algorithm);
        let leaf = algorithm.leaf_hash(&[b'x'; LENGTH]);
        let mut levels = Vec::new();
        for _ in 0..LARGE {
            let nodes = frontier.push(leaf);
            levels.extend(nodes.get(levels.len()..).unwrap_or_default().iter().map(|node| node.hash));
        }
        Self { algorithm, levels }
    }

    fn lookup(&self, at: Coordinate) -> Option<Hash> {
        self.levels.get(usize::from(at.level)).copied()
    }

    fn head(&self, size: u64) -> Head {
        Frontier::load(self.algorithm, size, |at| self.lookup(at)).expect("every node is there").head()
    }

    fn advance<C>(&self, old: u64, checkpoint: impl Fn(Head) -> C) -> Advance<C> {
        let proof = prove_consistency(self.algorithm, old, LARGE, |at| self.lookup(at)).expect("every node is there");
        Advance { old, proof, checkpoint: checkpoint(self.head(LARGE)) }
    }
}

fn verify(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("verify");
    let (entry, leaf) = ([b'x'; LENGTH], [b'x'; 1 + LENGTH]);
    for algorithm in Algorithm::ALL {
        let tree = Same::new(algorithm);
        let (head, old) = (tree.head(LARGE), tree.head(LARGE - 1));
        let path = prove_inclusion(algorithm, 12_345, LARGE, |at| tree.lookup(at)).expect("every node is there");
        let race = Race::default();
        group.bench_function(BenchmarkId::new("inclusion", format!("{algorithm:?}")), |bencher| {
            let ours = || verify_inclusion(algorithm, &head, 12_345, &algorithm.leaf_hash(black_box(&entry)), &path);
            let bare = || {
                black_box(bare(algorithm, black_box(&leaf)));
                bare_way(algorithm, path.len())
            };
            bencher.iter_custom(|times| race.run(times, ours, bare));
        });
        race.tell(&format!("verify inclusion under {algorithm:?}"));

        let proof = tree.advance(LARGE - 1, |_| ()).proof;
        let race = Race::default();
        // On the way up, each hash of the proof makes a node of the new tree, and of the old one too if it is on the
        // left.
        let hashes = 2 * (proof.len() - 1) - 1;
        group.bench_function(BenchmarkId::new("consistency", format!("{algorithm:?}")), |bencher| {
            let ours = || verify_consistency(algorithm, &old, &head, black_box(&proof));
            let bare = || bare_way(algorithm, hashes);
            bencher.iter_custom(|times| race.run(times, ours, bare));
        });
        race.tell(&format!("verify consistency under {algorithm:?}"));
    }
}

/// What each party does for one checkpoint, signatures included.
fn checkpoint(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("checkpoint");
    for algorithm in Algorithm::ALL {
        let tree = Same::new(algorithm);
        let key = match algorithm {
            Algorithm::Sha256 => SigningKey::ed25519("example.com/log", &[1; 32]),
            Algorithm::Sm3 => SigningKey::sm2("example.com/log", &[1; 32]),
        }
        .expect("the key is in range");
        let cosigner = CosigningKey::new("example.com/witness", &[2; 32]).expect("the name is a key's name");
        let policy = format!("log {}\nwitness w {}\nquorum w\n", key.verifier(), cosigner.verifier());
        let policy: TrustPolicy = policy.parse().expect("the policy is whole");
        let witness = Witness::new(cosigner, policy.clone());
        let last = Some(tree.head(LARGE - 1));

        let unsigned = tree.advance(LARGE - 1, |head| Checkpoint { origin: "example.com/log".to_owned(), head });
        group.bench_function(BenchmarkId::new("sign", format!("{algorithm:?}")), |bencher| {
            bencher.iter(|| sign_checkpoint(&key, last, black_box(&unsigned)).expect("it only adds"));
        });
        let checkpoint = sign_checkpoint(&key, last, &unsigned).expect("it only adds");
        let body = Advance { old: unsigned.old, proof: unsigned.proof.clone(), checkpoint }.to_string();
        let cosign =
            || witness.admit(black_box(&body)).and_then(|admitted| admitted.cosign(last, 1)).expect("it only adds");
        group.bench_function(BenchmarkId::new("cosign", format!("{algorithm:?}")), |bencher| bencher.iter(cosign));

        let proof = prove_inclusion(algorithm, 12_345, LARGE, |at| tree.lookup(at)).expect("every node is there");
        let file = Bundle { extra: None, index: 12_345, proof, checkpoint: cosign().note }.to_string();
        group.bench_function(BenchmarkId::new("verify a proof file", format!("{algorithm:?}")), |bencher| {
            bencher.iter(|| {
                let bundle: Bundle = black_box(&file).parse().expect("the file is whole");
                bundle.verify(&[b'x'; LENGTH], &policy).map(|trusted| trusted.checkpoint.head).expect("it holds")
            });
        });
    }
}

criterion_group!(benches, append, verify, checkpoint);
criterion_main!(benches);
