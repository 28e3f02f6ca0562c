//! The scoring of the Numenta Anomaly Benchmark, from its description.
//!
//! Of each window the earliest alarm counts, the more the earlier it comes; a window without one costs the weight of a
//! miss. Each alarm outside of windows costs, the less the shorter ago the last window was. What comes before the end of
//! the probation, the first 15 % of a file and 750 rows at most, counts for nothing. 0 is the score of silence, 100 that of
//! an alarm at the first row of each window and nowhere else.

/// What alarms and misses weigh.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Profile {
    pub(crate) name: &'static str,
    pub(crate) false_alarm: f64,
    pub(crate) miss: f64,
}

pub(crate) const PROFILES: [Profile; 3] = [
    Profile { name: "standard", false_alarm: 0.11, miss: 1.0 },
    Profile { name: "reward low FP", false_alarm: 0.22, miss: 1.0 },
    Profile { name: "reward low FN", false_alarm: 0.11, miss: 2.0 },
];

/// What the alarms of one file come to, before anything is weighed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Tally {
    hits: f64,
    false_alarms: f64,
    misses: f64,
    windows: f64,
}

pub(crate) fn probation(rows: usize) -> usize {
    (rows * 15 / 100).min(750)
}

/// Between 1, long before, and -1, long after.
fn sigmoid(position: f64) -> f64 {
    if position > 3.0 { -1.0 } else { 2.0 / (1.0 + (5.0 * position).exp()) - 1.0 }
}

/// Alarms and windows by their rows; both ends of a window are in it.
pub(crate) fn tally(rows: usize, windows: &[(usize, usize)], alarms: &[usize]) -> Tally {
    let mut best = vec![None; windows.len()];
    let mut false_alarms = 0.0;
    for &at in alarms.iter().filter(|at| **at >= probation(rows)) {
        if let Some(place) = windows.iter().position(|&(first, last)| (first..=last).contains(&at)) {
            let (first, last) = windows[place];
            let hit = sigmoid(-((last - at + 1) as f64) / (last - first + 1) as f64) / sigmoid(-1.0);
            best[place] = Some(best[place].map_or(hit, |known: f64| known.max(hit)));
        } else {
            let before = windows.iter().rfind(|(_, last)| *last < at);
            false_alarms += before.map_or(-1.0, |&(first, last)| sigmoid((at - last) as f64 / (last - first) as f64));
        }
    }
    let misses = best.iter().filter(|hit| hit.is_none()).count() as f64;
    Tally { hits: best.iter().flatten().sum(), false_alarms, misses, windows: windows.len() as f64 }
}

/// The score of all files together.
pub(crate) fn score(of: &[Tally], profile: &Profile) -> f64 {
    let raw = |file: &Tally| file.hits + profile.false_alarm * file.false_alarms - profile.miss * file.misses;
    let windows: f64 = of.iter().map(|file| file.windows).sum();
    let silence = -profile.miss * windows;
    100.0 * (of.iter().map(raw).sum::<f64>() - silence) / (windows - silence)
}

#[test]
fn the_score_is_that_of_cases_counted_by_hand() {
    let standard = &PROFILES[0];
    let of = |windows: &[(usize, usize)], alarms: &[usize]| score(&[tally(1_000, windows, alarms)], standard);
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
    let windows = [(300, 399), (600, 699)];
    near(of(&windows, &[]), 0.0);
    near(of(&windows, &[300, 600]), 100.0);
    near(of(&windows, &[300]), 50.0);
    near(of(&windows, &[300, 301, 350, 600]), 100.0);
    // Before the end of the probation nothing counts.
    near(of(&windows, &[149, 300, 600]), 100.0);
    // Long before any window, or long after one: the whole weight of a false alarm, of two windows and two misses.
    near(of(&windows, &[150, 300, 600]), 100.0 * (2.0 - 0.11 + 2.0) / 4.0);
    near(of(&windows, &[300, 600, 999]), 100.0 * (2.0 - 0.11 + 2.0) / 4.0);
    // Ten rows after a window of a hundred: 2 / (1 + e^(5 · 10/99)) - 1.
    let after = 2.0 / (1.0 + (50.0_f64 / 99.0).exp()) - 1.0;
    near(of(&windows, &[300, 409, 600]), 100.0 * (2.0 + 0.11 * after + 2.0) / 4.0);
    // In the middle of a window: 51 of 100 rows before its end.
    let middle = (2.0 / (1.0 + (-5.0 * 0.50_f64).exp()) - 1.0) / (2.0 / (1.0 + (-5.0_f64).exp()) - 1.0);
    near(of(&windows, &[350, 600]), 100.0 * (1.0 + middle + 2.0) / 4.0);
    // One found, one missed, where a miss counts twice.
    near(score(&[tally(1_000, &windows, &[300])], &PROFILES[2]), 100.0 * (1.0 - 2.0 + 4.0) / 6.0);
    assert_eq!(probation(10_000), 750);
}
