//! Does the time in which a forged key is refused tell how near it came? Welch's t over 2 × 10⁵ samples of two classes,
//! as dudect does it: `cargo bench -p argus-credentials --bench constant_time`.
//!
//! A measurement, not a test: it reads the clock, and a busy machine can feign a difference. So the classes count as
//! told apart only if five runs say so. Both go through the same code from the same place in memory, in random order:
//! each of these has a time of its own. The last line shows that the method finds a comparison that stops early.

use std::{error::Error, hint::black_box, io::Write, time::Instant};

use argus_credentials::{Environment, KEY_LENGTH, PresentedKey, TagKey, TagKeys, TagVersion, mint};

const SAMPLES: u32 = 200_000;
/// Calls in one sample, to be well above the clock's own grain.
const CALLS: u32 = 8;
/// Above this the classes differ beyond doubt.
const THRESHOLD: f64 = 4.5;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Where the issuer tag begins, and where it ends.
const TAG: [usize; 2] = [67, 75];

type Key = [u8; KEY_LENGTH];

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo test --all-targets` runs this too, without the argument that `cargo bench` gives.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let keys = TagKeys::new(&TagKey::generate(TagVersion::FIRST)?, &[])?;
    let token: Key = mint(&keys, Environment::Live)?.token.expose().as_bytes().try_into()?;
    let forged = [with_other(&token, TAG[0]), with_other(&token, TAG[1] - 1)];
    let readable = |key: &Key| str::from_utf8(key).is_ok_and(|key| PresentedKey::parse(key).is_ok());
    if !forged.iter().all(readable) {
        return Err("the forged keys fail before their tag is looked at".into());
    }
    let verify = |key: &Key| {
        let key = str::from_utf8(key).ok().and_then(|key| PresentedKey::parse(key).ok());
        key.is_some_and(|key| keys.verify(&key))
    };
    let stops_early = |key: &Key| token.iter().zip(key).all(|(one, other)| black_box(one) == black_box(other));

    let tag = least_difference(&forged, verify);
    let control = least_difference(&forged, stops_early);
    let mut out = std::io::stdout();
    writeln!(out, "a tag wrong in its first or in its last character   |t| = {tag:8.1}")?;
    writeln!(out, "for comparison, one that stops early                |t| = {control:8.1}")?;
    if tag > THRESHOLD { Err("the time tells how near a forged key came".into()) } else { Ok(()) }
}

/// The key with another character at this place, and the checksum that goes with it.
fn with_other(key: &Key, place: usize) -> Key {
    let mut forged = *key;
    for octet in forged.iter_mut().skip(place).take(1) {
        *octet = if *octet == b'A' { b'B' } else { b'A' };
    }
    let (checked, sum) = forged.split_at_mut(TAG[1]);
    let mut rest = crc32fast::hash(checked) as usize;
    for octet in sum.iter_mut().rev() {
        *octet = ALPHABET.get(rest % 62).copied().unwrap_or_default();
        rest /= 62;
    }
    forged
}

/// The least of five runs: noise may show a difference that is not there, but hardly hides one that is.
fn least_difference(classes: &[Key; 2], body: impl Fn(&Key) -> bool) -> f64 {
    (0..5).map(|_| t_statistic(classes, &body).abs()).fold(f64::INFINITY, f64::min)
}

/// The t statistic of two classes' times without the slowest tenth, which is interrupts and other work.
fn t_statistic(classes: &[Key; 2], body: &impl Fn(&Key) -> bool) -> f64 {
    let (mut times, mut random) = ([Vec::new(), Vec::new()], 0x9e37_79b9_7f4a_7c15_u64);
    for _ in 0..SAMPLES {
        // Xorshift: enough to keep the order from having a rhythm.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let class = usize::from(random >> 63 == 1);
        let Some((input, times)) = classes.get(class).zip(times.get_mut(class)) else { continue };
        let place = *black_box(input);
        times.push(nanoseconds(|| body(black_box(&place))));
    }
    let mut all = times.concat();
    all.sort_by(f64::total_cmp);
    let slowest = all.get(all.len() / 10 * 9).copied().unwrap_or(f64::INFINITY);
    let [(mean_1, error_1), (mean_2, error_2)] = times.map(|times| mean_and_squared_error(&times, slowest));
    (mean_1 - mean_2) / (error_1 + error_2).sqrt()
}

#[inline(never)]
fn nanoseconds(body: impl Fn() -> bool) -> f64 {
    let started = Instant::now();
    (0..CALLS).for_each(|_| _ = black_box(body()));
    f64::from(u32::try_from(started.elapsed().as_nanos()).unwrap_or(u32::MAX))
}

fn mean_and_squared_error(times: &[f64], slowest: f64) -> (f64, f64) {
    let counted = || times.iter().filter(|time| **time <= slowest);
    let count: f64 = counted().map(|_| 1.0).sum();
    let mean = counted().sum::<f64>() / count;
    let variance = counted().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (mean, variance / count)
}
