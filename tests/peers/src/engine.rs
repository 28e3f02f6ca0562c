//! What an engine must be able to do to take part: load policies from text, take requests in the form it likes best,
//! and decide them one by one.

use anyhow::{Result, ensure};

use crate::request::{Decision, Request};

/// Policies, loaded and ready for any request.
pub trait Loaded {
    /// Puts the requests into the engine's own form; what happens here is not measured.
    fn prepare(self: Box<Self>, requests: &[Request]) -> Result<Box<dyn Engine>>;
}

/// Policies with the requests they are going to be asked.
pub trait Engine {
    /// Decides the request at this place of the list that was prepared; this is what is measured.
    fn decide(&mut self, request: usize) -> Result<Decision>;
}

/// From the text of the policies to policies ready for any request: the part that loading is measured by.
pub type Load = fn(&str) -> Result<Box<dyn Loaded>>;

/// Refuses to measure an engine that answers otherwise than the request says it must.
pub fn must_agree(name: &str, engine: &mut dyn Engine, requests: &[Request]) -> Result<()> {
    for (place, request) in requests.iter().enumerate() {
        let given = engine.decide(place)?;
        ensure!(given == request.decision, "{name} answers {given:?} to {request:?}");
    }
    Ok(())
}
