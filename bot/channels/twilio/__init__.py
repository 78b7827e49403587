"""WhatsApp through Twilio: everything that knows Twilio's fields, codes and habits."""
