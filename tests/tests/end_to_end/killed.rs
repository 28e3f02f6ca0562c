//! A server that is killed in the midst of a load, and what of the load is found again.

use std::time::{Duration, Instant};

use argus_tests::http::Connection;
use argus_tests::program::Server;

/// What may be lost, and no more.
const LOSS: Duration = Duration::from_secs(1);

/// When each request was answered, and when the server was killed.
pub(crate) struct Killed {
    answered: Vec<Instant>,
    at: Instant,
}

impl Killed {
    /// Asks for so long, each time for what is permitted, and kills the server. One client asks, so that it knows what was
    /// answered when.
    pub(crate) async fn under_load(server: &mut Server, request: &[u8], lasts: Duration) -> Self {
        let mut connection = Connection::open(server.pdp).await.unwrap();
        let (since, mut answered) = (Instant::now(), Vec::new());
        while since.elapsed() < lasts {
            let answer = connection.send(request).await.unwrap();
            assert_eq!(answer.json().unwrap()["decision"], "Permit");
            answered.push(Instant::now());
        }
        server.kill().unwrap();
        Self { answered, at: Instant::now() }
    }

    /// That so many were found again is within the bound.
    pub(crate) fn assert_found(&self, found: usize) {
        let Self { answered, at: killed } = self;
        let safe = answered.iter().filter(|at| killed.duration_since(**at) > LOSS).count();
        let lost = answered.len().saturating_sub(found);
        let first = answered.get(found).map(|at| killed.duration_since(*at)).unwrap_or_default();
        println!("killed after {} answers: {lost} lost, the first {first:.0?} before", answered.len());
        assert!((safe..=answered.len()).contains(&found), "{found} of {}, of which {safe} safe", answered.len());
        assert!(safe > 0, "the load lasted longer than the bound");
    }
}
