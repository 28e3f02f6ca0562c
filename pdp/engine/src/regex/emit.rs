//! From the tree to the text that the `regex` and `fancy-regex` crates read, and how large their automaton may grow.

use std::fmt::Write as _;

use super::syntax::{Atom, Branch, Class, Item, Piece, Times, Tree};

/// The pattern in the target syntax.
pub(super) fn emit(tree: &Tree) -> String {
    let mut emitter = Emitter { out: String::new(), captures: tree.has_back_references };
    emitter.branches(&tree.branches);
    emitter.out
}

struct Emitter {
    out: String,
    /// Groups capture only where a back-reference needs them: captures cost time at each match.
    captures: bool,
}

impl Emitter {
    fn branches(&mut self, branches: &[Branch]) {
        for (at, branch) in branches.iter().enumerate() {
            if at > 0 {
                self.out.push('|');
            }
            for piece in branch {
                self.piece(piece);
            }
        }
    }

    fn piece(&mut self, piece: &Piece) {
        self.atom(&piece.atom);
        let Times { least, most, reluctant } = piece.times;
        if piece.times == Times::ONCE {
            return;
        }
        match (least, most) {
            (0, Some(1)) => self.out.push('?'),
            (0, None) => self.out.push('*'),
            (1, None) => self.out.push('+'),
            (least, None) => self.write(format_args!("{{{least},}}")),
            (least, Some(most)) => self.write(format_args!("{{{least},{most}}}")),
        }
        if reluctant {
            self.out.push('?');
        }
    }

    fn atom(&mut self, atom: &Atom) {
        match atom {
            Atom::Start => self.out.push_str(r"(?:\A)"),
            Atom::End => self.out.push_str(r"(?:\z)"),
            Atom::Dot => self.out.push_str(r"[^\n\r]"),
            Atom::Literal(literal) => {
                if regex_syntax::is_meta_character(*literal) {
                    self.out.push('\\');
                }
                self.out.push(*literal);
            }
            Atom::Class(class) => self.class(class),
            Atom::Group(branches) => {
                self.out.push_str(if self.captures { "(" } else { "(?:" });
                self.branches(branches);
                self.out.push(')');
            }
            // A group that took no part in the match counts as having matched nothing.
            Atom::BackReference(number) => self.write(format_args!(r"(?:(?({number})\{number}|))")),
        }
    }

    fn class(&mut self, class: &Class) {
        match &class.minus {
            None => self.set(class),
            Some(minus) => {
                self.out.push('[');
                self.set(class);
                self.out.push_str("--");
                self.class(minus);
                self.out.push(']');
            }
        }
    }

    fn set(&mut self, class: &Class) {
        self.out.push_str(if class.negated { "[^" } else { "[" });
        for item in &class.items {
            match item {
                Item::Char(member) => self.member(*member),
                Item::Range(first, last) => self.range(*first, *last),
                Item::Set { text, negated } => {
                    self.out.push_str(if *negated { "[^" } else { "[" });
                    self.out.push_str(text);
                    self.out.push(']');
                }
                Item::Outside(first, last) => {
                    self.out.push_str("[^");
                    self.range(*first, *last);
                    self.out.push(']');
                }
            }
        }
        self.out.push(']');
    }

    fn range(&mut self, first: char, last: char) {
        self.member(first);
        self.out.push('-');
        self.member(last);
    }

    /// By number, unless it is a letter or a digit: brackets have operators that are plain characters in the source.
    fn member(&mut self, member: char) {
        if member.is_ascii_alphanumeric() {
            self.out.push(member);
        } else {
            self.write(format_args!("\\x{{{:X}}}", u32::from(member)));
        }
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a `String` can't fail.
        let _ = self.out.write_fmt(text);
    }
}

/// How many states the automaton may get, from above. A set of Unicode is taken as the largest one.
pub(super) fn states(branches: &[Branch]) -> usize {
    branches.iter().flatten().map(piece_states).fold(branches.len(), usize::saturating_add)
}

fn piece_states(piece: &Piece) -> usize {
    let once = match &piece.atom {
        Atom::Start | Atom::End | Atom::BackReference(_) => 1,
        Atom::Dot => 12,
        Atom::Literal(literal) => literal.len_utf8(),
        Atom::Class(class) => class_states(class),
        Atom::Group(branches) => states(branches) + 2,
    };
    let times = piece.times.most.unwrap_or(piece.times.least + 1).max(1) as usize;
    once.saturating_add(1).saturating_mul(times)
}

fn class_states(class: &Class) -> usize {
    const UNICODE_SET: usize = 1_000;
    let minus = class.minus.as_deref().map_or(0, class_states);
    let items = class.items.iter().map(|item| match item {
        Item::Char(last) | Item::Range(_, last) if last.is_ascii() => 1,
        Item::Char(_) | Item::Range(..) | Item::Outside(..) => 12,
        Item::Set { .. } => UNICODE_SET,
    });
    // However many items, a class is no larger than the most scattered set.
    (items.sum::<usize>() + minus).min(3 * UNICODE_SET) + 12
}
