"""One module per pane; panes never import each other."""
