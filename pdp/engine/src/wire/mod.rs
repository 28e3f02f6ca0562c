//! Requests and responses on the wire: XML (core 5.42 to 5.58) and JSON (JSON Profile 1.1).
