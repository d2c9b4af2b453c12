# The machines of the house.
resource "proxmox_virtual_environment_vm" "ai_hub" {
  name      = "ai-hub"
  node_name = "pve"

  cpu {
    cores = 4 # of 16
    type  = "host"
  }

  memory {
    dedicated = 8192
  }

  disk {
    datastore_id = "local-lvm"
    interface    = "scsi0"
    size         = 64
  }
}

resource "proxmox_virtual_environment_vm" "nas" {
  name      = "nas"
  node_name = "pve"

  cpu {
    cores = 2
  }

  memory {
    dedicated = var.nas_memory
  }

  disk {
    interface = "scsi0"
    size      = 512
  }
}

resource "proxmox_virtual_environment_vm" "workers" {
  for_each  = toset(["one", "two"])
  name      = "worker-${each.key}"
  node_name = "pve"

  cpu {
    cores = 2
  }

  memory {
    dedicated = 4096
  }
}
