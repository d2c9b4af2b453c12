"""Stand-ins for what a homelab runs: the recorded wire protocols on loopback sockets. The product does not know them."""
