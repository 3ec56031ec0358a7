"""The metric families of the specification as pure array functions over one fold state."""
