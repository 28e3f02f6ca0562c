//! `argus-http`: what both servers read of a request in the same way, whichever door it comes to: who is at the other end,
//! and in what form the answer is wanted; how both show what they count, and what they say of a server that
//! they ask and whose TLS is no good. What is answered, and how it is refused, each
//! server says itself.

mod accept;
mod client;
mod histogram;
mod metric;
mod tls_fault;
mod trace;

pub use accept::negotiate;
pub use client::{Client, ClientFault, client, client_address};
pub use histogram::Histogram;
pub use metric::{Exposition, Metric, MetricKind, MoreMetrics};
pub use opentelemetry_sdk::trace::SdkTracer;
pub use tls_fault::{TlsFault, tls_fault};
pub use trace::{Step, Trace};
