//! How fast relations are found in a register of a million people, and in what memory.
//!
//! ```text
//! cargo bench -p relations                                    125,000 to 1,000,000 people, one in twenty being staff
//! cargo bench -p relations -- --people 1000000 --seed 7       one register
//! cargo bench -p relations -- --scattered                     households in no order, not town by town
//! cargo bench -p relations -- --people 1000000 --write DIR    the same as files, for networkx_bfs.py and `mingjing relations`
//! ```
//!
//! The register is invented from the seed (`simulate.rs`); the same seed gives the same register. All work is done on one
//! thread; memory is the highest resident set of the process so far (Linux only).

mod simulate;

use std::{
    fmt, fs,
    hint::black_box,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use relations::{
    Company, Dealing, Dealings, Graph, Individual, Role, StaffRelations, Volume, Window, shared_companies,
};
use simulate::{City, Rng};

/// The sizes from which the growth is told.
const SIZES: [usize; 4] = [125_000, 250_000, 500_000, 1_000_000];

/// Pairs that are timed together, so that the clock's own time is lost in theirs, and how often.
const BATCH: usize = 100;
const BATCHES: usize = 500;

/// How many people a unit has whom an assessor is to be found for.
const UNIT: usize = 500;

struct Args {
    people: Option<usize>,
    seed: u64,
    scattered: bool,
    write: Option<PathBuf>,
}

fn main() {
    let Some(args) = args() else { return };
    let sizes = args.people.map_or(SIZES.to_vec(), |people| vec![people]);
    let measured: Vec<_> = sizes.into_iter().map(|people| measure(people, &args)).collect();
    growth(&measured);
}

/// Everything about one register; gives how many people it has, and how long laying out and deriving computed.
fn measure(people: usize, args: &Args) -> (usize, Duration) {
    let (city, building) = timed(|| simulate::city(people, args.seed, args.scattered));
    if let Some(folder) = &args.write {
        write(&city, folder);
    }
    let City { register, staff } = city;
    let (people, ties) = (register.len(), register.ties().count());
    println!("{people} people, {ties} ties, {} staff, seed {}", staff.len(), args.seed);
    println!("  register built in {building}");
    let (graph, laying) = quickest(|| Graph::new(register.clone(), None));
    drop(register);
    println!("  graph laid out in {laying}");
    let (relations, deriving) = quickest(|| StaffRelations::derive(&graph, staff.iter().copied()));
    println!("  all {} relations among staff derived in {deriving}", relations.iter().count());
    let explain = || relations.iter().filter_map(|found| graph.path(found.a, found.b)).count();
    let (explained, explaining) = timed(explain);
    println!("  {explained} of them explained in {explaining}");
    pairs(&graph, &relations, &staff, args.seed);
    unit(&graph, &staff, args.seed);
    if let Some(bytes) = highest_resident() {
        println!("  highest resident memory so far {} MiB", bytes >> 20);
    }
    (people, laying.computing + deriving.computing)
}

/// One pair: staff at random, hardly ever related, so that every class is looked for. Acts are decided by what was derived; over
/// the graph anybody of the register can be asked about.
fn pairs(graph: &Graph, relations: &StaffRelations, staff: &[Individual], seed: u64) {
    let mut rng = Rng::new(seed);
    let mut pairs = || (0..BATCH).map(|_| (rng.pick(staff), rng.pick(staff))).collect::<Vec<_>>();
    let mut each = |name: &str, decide: &dyn Fn(Individual, Individual) -> bool| {
        let mut batches: Vec<_> = (0..BATCHES)
            .map(|_| {
                let pairs = pairs();
                timed(|| pairs.iter().filter(|(a, b)| black_box(decide(*a, *b))).count()).1.elapsed
            })
            .collect();
        batches.sort_unstable();
        let micros = |batch: Duration| batch.as_secs_f64() * 1e6 / BATCH as f64;
        let (median, slow) = (micros(batches[BATCHES / 2]), micros(batches[BATCHES * 99 / 100]));
        println!("  {name} in {median:.2} µs (median of {BATCHES} batches of {BATCH}; 99 % below {slow:.2} µs)");
    };
    each("one pair of staff decided by what was derived", &|a, b| relations.class(a, b).is_some());
    each("the class of one pair, over the graph", &|a, b| graph.class(a, b).is_some());
    each("the coefficient of one pair", &|a, b| graph.kinship(a, b).is_ok());
}

/// What the page needs on which an assessor is assigned: one person against everybody of a unit, kin and business.
fn unit(graph: &Graph, staff: &[Individual], seed: u64) {
    const TIMES: usize = 20;
    let mut rng = Rng::new(seed);
    let mut dealings = Vec::new();
    for company in 0..2_000 {
        let mut deal = |role| {
            let who = rng.pick(staff);
            let volume = Volume { count: 1, fen: 0 };
            dealings.push(Dealing { who, company: Company(company), role, since: None, until: None, volume });
        };
        deal(Role::Owner);
        (0..10).for_each(|_| deal(Role::Work { project: None }));
    }
    let dealings = Dealings::new(dealings);
    let window = Window::before(jiff::civil::date(2026, 9, 30), 3);
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let assessor = rng.pick(staff);
        let members: Vec<_> = (0..UNIT).map(|_| rng.pick(staff)).collect();
        let (_, checking) = timed(|| {
            let own = dealings.company_ties(graph, assessor, window);
            let check = |member: &&Individual| {
                graph.class(assessor, **member).is_some()
                    || !shared_companies(&own, &dealings.company_ties(graph, **member, window)).is_empty()
            };
            members.iter().filter(check).count()
        });
        times.push(checking.elapsed);
    }
    times.sort_unstable();
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let (median, longest) = (millis(times[TIMES / 2]), millis(times[TIMES - 1]));
    println!(
        "  a unit of {UNIT} checked, kin and business, in {median:.2} ms (median of {TIMES}; longest {longest:.2} ms)"
    );
}

/// The exponent of the computing time by the number of people, over the whole range.
fn growth(measured: &[(usize, Duration)]) {
    if let [(few, short), .., (many, long)] = measured[..] {
        let exponent = (long.as_secs_f64() / short.as_secs_f64()).ln() / (many as f64 / few as f64).ln();
        println!("laying out and deriving grows with N^{exponent:.2} from {few} to {many} people");
    }
}

/// The files of `mingjing relations`, and the staff.
fn write(city: &City, folder: &Path) {
    fs::create_dir_all(folder).expect("the folder can be made");
    let open = |name: &str| BufWriter::new(fs::File::create(folder.join(name)).expect("the file can be made"));
    let register = &city.register;
    let mut persons = open("persons.csv");
    writeln!(persons, "person_id,sex").expect("the file can be written");
    for who in register.individuals() {
        let sex = match register.profile(who).sex {
            Some(relations::Sex::Male) => "M",
            Some(relations::Sex::Female) => "F",
            None => "",
        };
        writeln!(persons, "{},{sex}", register.key(who)).expect("the file can be written");
    }
    let mut ties = open("relations.csv");
    writeln!(ties, "a_id,b_id,kind").expect("the file can be written");
    for tie in register.ties() {
        let kind = if tie.kind == relations::Kind::Spouse { "spouse" } else { "parent" };
        writeln!(ties, "{},{},{kind}", register.key(tie.from), register.key(tie.to)).expect("the file can be written");
    }
    let mut staff = open("staff.csv");
    writeln!(staff, "person_id").expect("the file can be written");
    for who in &city.staff {
        writeln!(staff, "{}", register.key(*who)).expect("the file can be written");
    }
}

/// None if another benchmark was asked for by name. Cargo adds `--bench`.
fn args() -> Option<Args> {
    let mut args = Args { people: None, seed: 1, scattered: false, write: None };
    let mut given = std::env::args().skip(1).filter(|arg| arg != "--bench");
    while let Some(arg) = given.next() {
        let mut value = || given.next().unwrap_or_else(|| panic!("{arg} wants a value"));
        match arg.as_str() {
            "--people" => args.people = Some(value().parse().expect("--people wants a number")),
            "--seed" => args.seed = value().parse().expect("--seed wants a number"),
            "--scattered" => args.scattered = true,
            "--write" => args.write = Some(value().into()),
            name if "register".contains(name) => {}
            _ => return None,
        }
    }
    Some(args)
}

/// What work took.
#[derive(Clone, Copy)]
struct Took {
    /// By the clock on the wall.
    elapsed: Duration,
    /// On the processor: less, where the machine has other things to do. Linux only; elsewhere as elapsed.
    computing: Duration,
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Took) {
    let (start, computed) = (Instant::now(), computing_time());
    let result = black_box(work());
    let elapsed = start.elapsed();
    let computing = computing_time().zip(computed).map_or(elapsed, |(after, before)| after - before);
    (result, Took { elapsed, computing })
}

/// The best of three.
fn quickest<T>(work: impl Fn() -> T) -> (T, Took) {
    let first = timed(&work);
    (0..2)
        .map(|_| timed(&work))
        .fold(first, |best, again| if again.1.computing < best.1.computing { again } else { best })
}

/// How long this thread has been computing.
fn computing_time() -> Option<Duration> {
    let status = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    status.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

impl fmt::Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} s ({:.2} s computing)", self.elapsed.as_secs_f64(), self.computing.as_secs_f64())
    }
}

fn highest_resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
}
