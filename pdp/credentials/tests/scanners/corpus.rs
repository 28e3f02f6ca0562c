//! The corpus: code and logs of many kinds, full of random texts that look like secrets, and keys as people paste them.

use std::fmt::Write as _;
use std::fs;

use argus_credentials::{Environment, TagKey, TagKeys, TagVersion, mint};
use tempfile::TempDir;

use crate::Places;

/// How large it is.
const OCTETS: usize = 10 << 20;

/// How many files it has.
const FILES: usize = 40;

/// One line in so many holds a key.
const LINES_TO_A_KEY: u64 = 200;

/// A corpus in a folder.
pub(crate) struct Corpus {
    pub(crate) folder: TempDir,
    pub(crate) planted: Places,
    pub(crate) octets: usize,
}

/// Random numbers, the same in every run (xorshift).
struct Random(u64);

/// A key that was never stored anywhere.
pub(crate) fn key() -> String {
    let tag_keys = TagKeys::new(&TagKey::generate(TagVersion::FIRST).unwrap(), &[]).unwrap();
    mint(&tag_keys, Environment::Live).unwrap().token.expose().to_owned()
}

impl Corpus {
    /// Writes it.
    pub(crate) fn write() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tag_keys = TagKeys::new(&TagKey::generate(TagVersion::FIRST).unwrap(), &[]).unwrap();
        let (mut random, mut planted, mut octets) = (Random(0x9e37_79b9_7f4a_7c15), Places::new(), 0);
        let endings = ["rs", "py", "js", "go", "java", "yaml", "json", "env", "log", "md", "xml", "sh", "csv", "tf"];
        for (number, ending) in (0..FILES).zip(endings.iter().cycle()) {
            let (name, mut text, mut line) = (format!("file-{number}.{ending}"), String::new(), 0);
            while text.len() < OCTETS / FILES + 1 {
                line += 1;
                if random.below(LINES_TO_A_KEY) == 0 {
                    let environment = if random.below(2) == 0 { Environment::Live } else { Environment::Test };
                    let key = mint(&tag_keys, environment).unwrap();
                    text.push_str(&with_key(&mut random, key.token.expose()));
                    planted.insert((name.clone(), line));
                } else {
                    text.push_str(&without_key(&mut random));
                }
                text.push('\n');
            }
            octets += text.len();
            fs::write(folder.path().join(name), text).unwrap();
        }
        assert!(octets >= OCTETS && planted.len() > 300, "{octets} {}", planted.len());
        Self { folder, planted, octets }
    }
}

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn text(&mut self, alphabet: &str, length: u64) -> String {
        let characters: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| characters[usize::try_from(self.below(characters.len() as u64)).unwrap()]).collect()
    }

    fn base62(&mut self, length: u64) -> String {
        self.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", length)
    }

    fn hex(&mut self, length: u64) -> String {
        self.text("0123456789abcdef", length)
    }
}

/// A key as it is pasted.
fn with_key(random: &mut Random, key: &str) -> String {
    match random.below(15) {
        0 => key.to_owned(),
        1 => format!("export ARGUS_KEY={key}"),
        2 => format!("ARGUS_KEY=\"{key}\" # {}", random.hex(40)),
        3 => format!("  \"apiKey\": \"{key}\","),
        4 => format!("api_key = '{key}'"),
        5 => format!("curl -H 'Authorization: Bearer {key}' https://pdp.example/v1/verify"),
        6 => format!("2026-11-24T09:31:07Z GET /x?key={key}&page=2 200"),
        7 => format!("let key = env::var(\"KEY\").unwrap_or(\"{key}\".into());"),
        8 => format!("see `{key}`, which is revoked"),
        9 => format!("<key>{key}</key>"),
        10 => format!("{},{key},{}", random.base62(12), random.hex(32)),
        11 => format!("    password: {key}"),
        12 => format!("({key})"),
        13 => format!("client_id: {key}"),
        _ => format!("https://user:{key}@git.example/x.git"),
    }
}

/// What stands in repositories beside keys, and what nearly is one.
fn without_key(random: &mut Random) -> String {
    let prefix = if random.below(2) == 0 { "argus_live_" } else { "argus_test_" };
    match random.below(24) {
        0 => format!("{prefix}{}", random.base62(69)),
        1 => format!("{prefix}{}", random.base62(71)),
        2 => format!("argus_prod_{}", random.base62(70)),
        3 => format!("x{prefix}{}", random.base62(70)),
        4 => format!("{prefix}{}-{}", random.base62(30), random.base62(39)),
        5 => format!("Argus_live_{}", random.base62(70)),
        6 => format!("{prefix}{}", random.base62(12)),
        7 => format!("{prefix}{}_old", random.base62(70)),
        8 => format!("token = \"{}\"", random.base62(81)),
        9 => format!("sha256:{}", random.hex(64)),
        10 => format!("eyJhbGciOiJSUzI1NiJ9.{}.{}", random.base62(90), random.base62(86)),
        11 => format!("AKIA{}", random.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)),
        12 => format!("ghp_{}", random.base62(36)),
        13 => format!("{}-{}-7{}-a{}-{}", random.hex(8), random.hex(4), random.hex(3), random.hex(3), random.hex(12)),
        14 => "// argus_live_… is what a key begins with; argus_test_ in tests".to_owned(),
        15 => format!("let pattern = r\"\\bargus_(?:live|test)_[0-9A-Za-z]{{70}}\\b\"; // {}", random.hex(8)),
        16 => random.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 76),
        _ => words(random),
    }
}

fn words(random: &mut Random) -> String {
    const WORDS: [&str; 16] = [
        "let", "policy", "=", "decide(", "key", "scope", "read", "write", ");", "if", "{", "}", "argus", "live",
        "test", "//",
    ];
    let mut line = String::new();
    for _ in 0..=random.below(14) {
        let word = WORDS[usize::try_from(random.below(WORDS.len() as u64)).unwrap()];
        let _ = write!(line, "{word} ");
    }
    line
}
