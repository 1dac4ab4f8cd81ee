"""What the machine may do, a file a subject: to the service and to the model alike."""
