"""An engine whose workers run on the machines of a Ray cluster. Only who asks for it needs the extra `ray`."""
