"""Templates of packages that a person may write, a folder for each kind; `superb-lite new` renders them."""
