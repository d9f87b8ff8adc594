"""How the processes are described, started and migrated; and the demo that plays on them."""
