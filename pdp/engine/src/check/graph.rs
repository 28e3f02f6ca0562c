//! What leads to what: circles, depth, and an order in which everything comes after what it needs. Without recursion,
//! so that a long chain exhausts nothing.

/// What a walk over a graph found. A node is named by its place.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Every node, after all that it leads to.
    pub(super) order: Vec<usize>,
    /// Each circle as its nodes, each with the place of its edge to the next; the last edge leads to the first node.
    pub(super) circles: Vec<Vec<(usize, usize)>>,
    /// For each node, the most steps that lead on from it.
    pub(super) depth: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

/// Walks a graph that lists for each node where its edges lead.
pub(super) fn walk(edges: &[Vec<usize>]) -> Walk {
    let mut walk = Walk { order: Vec::with_capacity(edges.len()), circles: Vec::new(), depth: vec![0; edges.len()] };
    let mut states = vec![State::New; edges.len()];
    let mut path: Vec<(usize, usize)> = Vec::new();
    for start in 0..edges.len() {
        if states.get(start) == Some(&State::New) {
            enter(start, &mut states, &mut path);
        }
        while let Some((node, edge)) = path.last_mut() {
            let (node, next) = (*node, edges.get(*node).and_then(|edges| edges.get(*edge)).copied());
            let Some(target) = next else {
                path.pop();
                leave(node, &mut states, &mut walk);
                continue;
            };
            match states.get(target) {
                Some(State::New) => {
                    // The edge is met again, and counted, when the target is done.
                    enter(target, &mut states, &mut path);
                    continue;
                }
                Some(State::Open) => {
                    let from = path.iter().position(|(node, _)| *node == target).unwrap_or(0);
                    walk.circles.push(path.iter().skip(from).copied().collect());
                }
                Some(State::Done) => deepen(&mut walk, node, target),
                None => {}
            }
            if let Some((_, edge)) = path.last_mut() {
                *edge += 1;
            }
        }
    }
    walk
}

fn enter(node: usize, states: &mut [State], path: &mut Vec<(usize, usize)>) {
    if let Some(state) = states.get_mut(node) {
        *state = State::Open;
    }
    path.push((node, 0));
}

fn leave(node: usize, states: &mut [State], walk: &mut Walk) {
    if let Some(state) = states.get_mut(node) {
        *state = State::Done;
    }
    walk.order.push(node);
}

fn deepen(walk: &mut Walk, node: usize, target: usize) {
    let below = walk.depth.get(target).map_or(0, |depth| depth + 1);
    if let Some(depth) = walk.depth.get_mut(node) {
        *depth = below.max(*depth);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first() {
        let found = walk(&[vec![1, 2], vec![2], vec![], vec![0]]);
        assert_eq!(found.order, [2, 1, 0, 3]);
        assert_eq!(found.depth, [2, 1, 0, 3]);
        assert!(found.circles.is_empty());
    }

    #[test]
    fn circles_are_told_step_by_step() {
        let found = walk(&[vec![1], vec![3, 2], vec![1], vec![], vec![4]]);
        assert_eq!(found.circles, [vec![(1, 1), (2, 0)], vec![(4, 0)]]);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_is_walked() {
        let edges: Vec<Vec<usize>> = (1..=100_000).map(|next| vec![next]).chain([vec![]]).collect();
        assert_eq!(walk(&edges).depth.first(), Some(&100_000));
    }
}
