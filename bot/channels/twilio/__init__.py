"""WhatsApp through Twilio: everything that depends on Twilio's fields, codes and behavior."""
