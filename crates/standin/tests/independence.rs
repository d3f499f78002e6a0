//! The judge does not import the accused.

#[test]
fn nothing_of_this_workspace_is_a_dependency() {
    let manifest = include_str!("../Cargo.toml");
    for ours in [
        "path =",
        "twin-core",
        "twin-relay",
        "pixel-twin",
        "twin-bindgen",
    ] {
        assert!(!manifest.contains(ours), "Cargo.toml names {ours}");
    }
}
