# The server. Small on purpose: nothing but the control plane runs here.
resource "proxmox_virtual_environment_vm" "k3s_server" {
  name      = "k3s-server"
  node_name = "pve2"
  vm_id     = 110
  tags      = ["k3s", "terraform"]

  cpu {
    cores = 2
    type  = "host"
  }

  memory {
    dedicated = 4096
  }

  disk {
    datastore_id = "local-lvm"
    interface    = "scsi0"
    size         = 32
  }

  network_device {
    bridge  = "vmbr0"
    vlan_id = 20
  }

  initialization {
    ip_config {
      ipv4 {
        address = "192.168.20.10/24"
        gateway = "192.168.20.1"
      }
    }

    user_account {
      username = "ops"
      keys     = [var.ssh_public_key]
    }
  }
}

locals {
  agents = {
    k3s-1 = { node = "pve1", vm_id = 111, address = "192.168.20.21", cores = 6, memory = 24576 }
    k3s-2 = { node = "pve2", vm_id = 112, address = "192.168.20.22", cores = 4, memory = 12288 }
  }
}

resource "proxmox_virtual_environment_vm" "k3s_agent" {
  for_each = local.agents

  name      = each.key
  node_name = each.value.node
  vm_id     = each.value.vm_id
  tags      = ["k3s", "terraform"]

  cpu {
    cores = each.value.cores
    type  = "host"
  }

  memory {
    dedicated = each.value.memory
  }

  disk {
    datastore_id = "local-lvm"
    interface    = "scsi0"
    size         = 128
    discard      = "on"
  }

  network_device {
    bridge  = "vmbr0"
    vlan_id = 20
  }

  initialization {
    ip_config {
      ipv4 {
        address = "${each.value.address}/24"
        gateway = "192.168.20.1"
      }
    }

    user_account {
      username = "ops"
      keys     = [var.ssh_public_key]
    }
  }
}
