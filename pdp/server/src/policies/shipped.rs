//! The copy of the shipped policies inside the program: what decides where there is no folder and nothing was imported.

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../policies/", $name)))),*]
    };
}

/// Path and text of each shipped document.
pub static SHIPPED_POLICIES: &[(&str, &str)] = shipped![
    "argus-admin.xml",
    "boundary.xml",
    "condition-country.xml",
    "condition-device.xml",
    "condition-network-type.xml",
    "condition-network.xml",
    "condition-window.xml",
    "conditions.xml",
    "credential.xml",
    "organisation.xml",
    "root.xml",
    "scope.xml",
];
