//! `argus-http`: what both servers read of a request in the same way, whichever door it comes to: who is at the other end,
//! and in what form the answer is wanted; and how both show what they count. What is answered, and how it is refused, each
//! server says itself.

mod accept;
mod client;
mod histogram;
mod metric;
mod trace;

pub use accept::negotiate;
pub use client::{Client, ClientFault, client, client_address};
pub use histogram::Histogram;
pub use metric::{Exposition, Metric, MetricKind, MoreMetrics};
pub use opentelemetry_sdk::trace::SdkTracer;
pub use trace::{Step, Trace};
