//! Regular expressions by plain backtracking: the part of A.3.13 that generated policies use.

/// A piece of a pattern.
enum Piece {
    One(char),
    Any,
    Class { negated: bool, ranges: Vec<(char, char)> },
    Start,
    End,
    Either(Vec<Vec<Piece>>),
    Repeat { piece: Box<Piece>, least: usize, most: usize },
}

/// Whether some part of `text` matches; `None` where `pattern` is not a regular expression.
pub(super) fn is_match(pattern: &str, text: &str) -> Option<bool> {
    let mut rest: Vec<char> = pattern.chars().rev().collect();
    let whole = branches(&mut rest, false)?;
    let text: Vec<char> = text.chars().collect();
    let found = (0..=text.len()).any(|start| run(&[&whole], &text, start, &mut |_| true));
    Some(found)
}

/// Runs the pieces in turn; `then` is asked with every place at which they can end.
fn run(pieces: &[&Piece], text: &[char], at: usize, then: &mut dyn FnMut(usize) -> bool) -> bool {
    let Some((piece, rest)) = pieces.split_first() else { return then(at) };
    match piece {
        Piece::Start => at == 0 && run(rest, text, at, then),
        Piece::End => at == text.len() && run(rest, text, at, then),
        Piece::Either(branches) => branches.iter().any(|branch| {
            let branch: Vec<&Piece> = branch.iter().collect();
            run(&branch, text, at, &mut |end| run(rest, text, end, then))
        }),
        Piece::Repeat { piece, least, most } => repeat(piece, (*least, *most), rest, text, at, then),
        single => text.get(at).is_some_and(|c| takes(single, *c)) && run(rest, text, at + 1, then),
    }
}

fn repeat(
    piece: &Piece,
    (least, most): (usize, usize),
    rest: &[&Piece],
    text: &[char],
    at: usize,
    then: &mut dyn FnMut(usize) -> bool,
) -> bool {
    if least == 0 && run(rest, text, at, then) {
        return true;
    }
    most > 0
        && run(&[piece], text, at, &mut |end| {
            // A turn that takes nothing would go on for ever.
            (end > at || least > 0) && repeat(piece, (least.saturating_sub(1), most - 1), rest, text, end, then)
        })
}

fn takes(piece: &Piece, c: char) -> bool {
    match piece {
        Piece::One(one) => *one == c,
        Piece::Any => c != '\n' && c != '\r',
        Piece::Class { negated, ranges } => {
            ranges.iter().any(|(first, last)| (*first..=*last).contains(&c)) != *negated
        }
        _ => false,
    }
}

fn branches(rest: &mut Vec<char>, within: bool) -> Option<Piece> {
    let mut branches = vec![Vec::new()];
    loop {
        match rest.last() {
            None if within => return None,
            None => break,
            Some(')') if within => {
                rest.pop();
                break;
            }
            Some('|') => {
                rest.pop();
                branches.push(Vec::new());
            }
            Some(_) => {
                let piece = atom(rest)?;
                let piece = quantified(piece, rest)?;
                branches.last_mut()?.push(piece);
            }
        }
    }
    Some(Piece::Either(branches))
}

fn atom(rest: &mut Vec<char>) -> Option<Piece> {
    match rest.pop()? {
        '^' => Some(Piece::Start),
        '$' => Some(Piece::End),
        '.' => Some(Piece::Any),
        '(' => branches(rest, true),
        '[' => class(rest),
        '\\' => escape(rest),
        '*' | '+' | '?' | '{' | '}' | ')' | ']' => None,
        plain => Some(Piece::One(plain)),
    }
}

fn escape(rest: &mut Vec<char>) -> Option<Piece> {
    let class = |negated, ranges: &[(char, char)]| Some(Piece::Class { negated, ranges: ranges.to_vec() });
    match rest.pop()? {
        'd' => class(false, &[('0', '9')]),
        'D' => class(true, &[('0', '9')]),
        's' => class(false, &[(' ', ' '), ('\t', '\t'), ('\n', '\n'), ('\r', '\r')]),
        'n' => Some(Piece::One('\n')),
        't' => Some(Piece::One('\t')),
        special if "\\|.-^?*+{}()[]$".contains(special) => Some(Piece::One(special)),
        _ => None,
    }
}

fn class(rest: &mut Vec<char>) -> Option<Piece> {
    let negated = rest.last() == Some(&'^') && rest.pop().is_some();
    let mut ranges = Vec::new();
    loop {
        match rest.pop()? {
            ']' if ranges.is_empty() => return None,
            ']' => return Some(Piece::Class { negated, ranges }),
            first => {
                let last = if rest.last() == Some(&'-') && rest.pop().is_some() { rest.pop()? } else { first };
                if first == '[' || last == ']' || last < first {
                    return None;
                }
                ranges.push((first, last));
            }
        }
    }
}

fn quantified(piece: Piece, rest: &mut Vec<char>) -> Option<Piece> {
    let (least, most) = match rest.last() {
        Some('*') => (0, usize::MAX),
        Some('+') => (1, usize::MAX),
        Some('?') => (0, 1),
        Some('{') => {
            let mut bounds = String::new();
            rest.pop();
            while *rest.last()? != '}' {
                bounds.push(rest.pop()?);
            }
            let (least, most) = bounds.split_once(',').unwrap_or((&bounds, &bounds));
            (least.parse().ok()?, if most.is_empty() { usize::MAX } else { most.parse().ok()? })
        }
        _ => return Some(piece),
    };
    rest.pop();
    // A reluctant quantifier finds a match where a greedy one does.
    if rest.last() == Some(&'?') {
        rest.pop();
    }
    let assertion = matches!(piece, Piece::Start | Piece::End);
    (least <= most && !assertion).then_some(Piece::Repeat { piece: Box::new(piece), least, most })
}

#[cfg(test)]
mod tests {
    use super::is_match;

    #[test]
    fn patterns_match_anywhere_unless_anchored() {
        for (pattern, text, expected) in [
            ("b", "abc", Some(true)),
            ("^b", "abc", Some(false)),
            ("c$", "abc", Some(true)),
            ("^(a|b)+c{1,2}$", "ababcc", Some(true)),
            ("^(a|b)+c{1,2}$", "ababccc", Some(false)),
            ("[^a-c]", "abc", Some(false)),
            ("\\d{2,}", "a12", Some(true)),
            ("(a*)*$", "b", Some(true)),
            ("[", "a", None),
            ("a)", "a", None),
            ("*", "a", None),
            ("", "a", Some(true)),
        ] {
            assert_eq!(is_match(pattern, text), expected, "{pattern} on {text}");
        }
    }
}
