create table customers (id integer primary key, name text, since text);
create table orders (id integer primary key, customer integer references customers (id), day text, total real);
