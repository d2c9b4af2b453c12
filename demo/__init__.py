"""Stand-ins for what a homelab runs, speaking the recorded wire protocols on loopback. The product knows them not."""
