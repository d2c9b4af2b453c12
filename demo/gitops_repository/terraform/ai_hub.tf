# Ollama lives outside the cluster, next to its graphics card.
resource "proxmox_virtual_environment_vm" "ai_hub" {
  name      = "ai-hub"
  node_name = "pve1"
  vm_id     = 120
  tags      = ["gpu", "terraform"]
  machine   = "q35"

  cpu {
    cores = 4
    type  = "host"
  }

  memory {
    dedicated = 24576 # all of it is taken at boot: PCI passthrough
  }

  hostpci {
    device = "hostpci0"
    id     = "0000:01:00.0"
    pcie   = true
  }

  disk {
    datastore_id = "local-lvm"
    interface    = "scsi0"
    size         = 200
  }

  network_device {
    bridge  = "vmbr0"
    vlan_id = 20
  }
}
