throw new Error("This bundle reads no streams of events.");
