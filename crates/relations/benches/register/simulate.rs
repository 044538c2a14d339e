//! An invented register: households over four generations.

use relations::{Evidence, Individual, Kind, Nature, Profile, Register, Sex, Source, Tie};

/// A register, and who of it is staff.
pub struct City {
    pub register: Register,
    pub staff: Vec<Individual>,
}

/// Of how many people one is staff.
const STAFF_SHARE: usize = 20;

/// How many people of one generation a town has. Marriages are made within a town or over its border, so that walking on
/// from anybody reaches nearly everybody.
const TOWN: usize = 5_000;

/// Of a hundred people how many marry, and of a hundred who married how many marry again and have a child from it.
const MARRY: u64 = 85;
const MARRY_AGAIN: u64 = 4;

/// Of a thousand couples how many adopt a child.
const ADOPT: u64 = 5;

/// How many children a couple of each generation has at least, and how many more it may have: from the large families of
/// the oldest to the small ones of today. Those of the fourth have none yet.
const CHILDREN: [(u64, u64); 4] = [(2, 3), (1, 2), (1, 1), (0, 0)];

/// About this many people, the same for the same seed, in the order of an extract sorted by household number: town by
/// town, within a town the households in no order, in a household a couple with their unmarried children. Scattered, the
/// households of all towns lie in no order, which is the worst there is for the memory of a machine.
pub fn city(people: usize, seed: u64, scattered: bool) -> City {
    let mut city = Simulation { rng: Rng::new(seed), sexes: Vec::new(), households: Vec::new(), ties: Vec::new() };
    // With the shares above, four generations are about 4.6 times the first.
    let mut generation = city.born(people * 10 / 46);
    let towns = generation.len() / TOWN + 1;
    let mut working = Vec::new();
    for (number, children) in CHILDREN.into_iter().enumerate() {
        if number == 1 || number == 2 {
            working.extend_from_slice(&generation);
        }
        generation = city.families(&generation, if scattered { 1 } else { towns }, children);
    }
    city.in_order(people / STAFF_SHARE, &mut working)
}

struct Simulation {
    rng: Rng,
    sexes: Vec<Sex>,
    /// For each person the number of their household, that of the couple or else of the parents: the town, and a number.
    households: Vec<(usize, u64)>,
    ties: Vec<(usize, usize, Kind)>,
}

impl Simulation {
    fn born(&mut self, count: usize) -> Vec<usize> {
        let first = self.sexes.len();
        for _ in 0..count {
            self.sexes.push(if self.rng.below(2) == 0 { Sex::Male } else { Sex::Female });
            self.households.push((0, 0));
        }
        (first..self.sexes.len()).collect()
    }

    /// Marries a generation off and gives the next one.
    fn families(&mut self, generation: &[usize], towns: usize, (least, more): (u64, u64)) -> Vec<usize> {
        let (mut men, mut women) = (Vec::new(), Vec::new());
        for (place, person) in generation.iter().enumerate() {
            if self.rng.below(100) < MARRY {
                let met = place + self.rng.below(TOWN as u64) as usize;
                let side = if self.sexes[*person] == Sex::Male { &mut men } else { &mut women };
                side.push((met, *person));
            }
        }
        men.sort_unstable();
        women.sort_unstable();
        let couples = men.len().min(women.len());
        let mut next = Vec::new();
        for (couple, ((_, man), (_, woman))) in men.iter().zip(&women).enumerate() {
            let count = least + self.rng.below(more + 1);
            self.households[*man] = (couple * towns / couples, self.rng.next());
            self.marry(*man, *woman, count, &mut next);
            if more > 0 && self.rng.below(100) < MARRY_AGAIN {
                let (_, second) = women[(couple + 1) % couples];
                self.marry(*man, second, 1, &mut next);
            }
            if self.rng.below(1000) < ADOPT && !next.is_empty() {
                let child = self.rng.pick(&next);
                self.ties.push((*man, child, Kind::Parent { nature: Nature::Adoptive, sex: None }));
            }
        }
        next
    }

    fn marry(&mut self, man: usize, woman: usize, children: u64, next: &mut Vec<usize>) {
        self.ties.push((man, woman, Kind::Spouse));
        self.households[woman] = self.households[man];
        for child in self.born(children as usize) {
            self.households[child] = self.households[man];
            self.ties.push((man, child, Kind::FATHER));
            self.ties.push((woman, child, Kind::MOTHER));
            next.push(child);
        }
    }

    fn in_order(mut self, staff: usize, working: &mut [usize]) -> City {
        let mut register = Register::default();
        let mut order: Vec<usize> = (0..self.sexes.len()).collect();
        order.sort_unstable_by_key(|person| (self.households[*person], *person));
        let mut places = vec![None; order.len()];
        for person in order {
            let who = register.individual(&format!("P{person:07}"));
            register.describe(who, Profile { sex: Some(self.sexes[person]), born: None });
            places[person] = Some(who);
        }
        let place = |person: usize| places[person].expect("everybody has a place");
        for (a, b, kind) in &self.ties {
            let (from, to) = (place(*a), place(*b));
            let tie = Tie {
                from,
                to,
                kind: *kind,
                evidence: Evidence::Registered,
                source: Source(0),
                since: None,
                until: None,
            };
            // An adopted child of one's own making would be no tie; there is none, since children come after parents.
            register.record(tie).expect("two people");
        }
        self.rng.shuffle(working);
        City { register, staff: working.iter().take(staff).map(|person| place(*person)).collect() }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Below a bound that is far below 2^64, so that the remainder is as good as even.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for place in (1..all.len()).rev() {
            all.swap(place, self.below(place as u64 + 1) as usize);
        }
    }
}
