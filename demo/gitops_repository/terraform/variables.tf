variable "proxmox_endpoint" {
  description = "Where the Proxmox API listens"
  type        = string
  default     = "https://pve1.home.arpa:8006/"
}

variable "ssh_public_key" {
  description = "Key for the first login"
  type        = string
}
